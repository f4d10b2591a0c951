import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listRuns } from "../../api/workflows";
import { Menu } from "../../components/menu";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { ago } from "../../components/time";
import { siblingsOf } from "../runs/origin";
import { useRunView } from "./context";

const SHOWN = 8;

/** Runs of the same origin: to look at, or to compare with this one. */
export function OtherRuns() {
  const { run } = useRunView();
  const now = useNow();
  const [wanted, setWanted] = useState(false);
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const labelSelector = siblingsOf(run);
  const others = useQuery({
    queryKey: ["others", namespace, labelSelector],
    queryFn: ({ signal }) => listRuns({ namespace, labelSelector }, SHOWN + 1, "", signal),
    enabled: wanted,
  });
  const items = (others.data?.items ?? []).filter((each) => each.metadata?.name !== name).slice(0, SHOWN);
  return (
    // What is behind the menu is read when somebody comes near it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- nothing happens but reading ahead
    <div onPointerEnter={() => setWanted(true)} onFocus={() => setWanted(true)}>
      <Menu label="Other runs" className="button">
        {items.length === 0 && <span className="menu-text dim">{others.data ? "None" : "Reading…"}</span>}
        {items.map((each) => (
          <Link
            key={each.metadata?.uid}
            to="/workflows/$namespace/$name"
            params={{ namespace, name: each.metadata?.name ?? "" }}
            search={{}}
          >
            <Phase phase={phaseName(each.status?.phase)} bare />
            {each.metadata?.name} <span className="dim">{ago(each.status?.startedAt, now)}</span>
          </Link>
        ))}
        {items.slice(0, 1).map((each) => (
          <Link
            key="compare"
            to="/compare/$namespace"
            params={{ namespace }}
            search={{ a: each.metadata?.name, b: name }}
          >
            Compare with {each.metadata?.name}
          </Link>
        ))}
      </Menu>
    </div>
  );
}
