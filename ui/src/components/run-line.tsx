import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Workflow } from "../api/types";
import { Phase, phaseName } from "./phase";

interface Props {
  run: Workflow;
  /** What is said at the end: when, how long. */
  aside: string;
  children?: ReactNode;
}

/** A run in a short list: its phase, its name that leads to it, one more word. */
export function RunLine({ run, aside, children }: Props) {
  return (
    <li>
      <Phase phase={phaseName(run.status?.phase)} bare />
      <Link
        to="/workflows/$namespace/$name"
        params={{ namespace: run.metadata?.namespace ?? "", name: run.metadata?.name ?? "" }}
        search={{}}
      >
        {run.metadata?.name}
      </Link>
      <span className="dim">{aside}</span>
      {children}
    </li>
  );
}
