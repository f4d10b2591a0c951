import { Link } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import type { Workflow } from "../../api/types";
import { Phase, phaseName } from "../../components/phase";
import { Progress } from "../../components/progress";
import { ago, duration, seconds } from "../../components/time";
import { originOf } from "./origin";

/** What a run is known by in a list: its uid, for names come back. */
export function runId(run: Workflow): string {
  return run.metadata?.uid ?? `${run.metadata?.namespace ?? ""}/${run.metadata?.name ?? ""}`;
}

interface Props {
  run: Workflow;
  now: number;
  top: number;
  index: number;
  current: boolean;
  chosen: boolean;
  flip: (id: string) => void;
}

export function RunRow({ run, now, top, index, current, chosen, flip }: Props) {
  const { metadata, status } = run;
  const name = metadata?.name ?? "";
  const origin = originOf(run);
  const archived = metadata?.labels?.["workflows.argoproj.io/workflow-archiving-status"] === "Persisted";
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={current ? "runs-row current" : "runs-row"}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">
        <input
          type="checkbox"
          aria-label={`Choose ${name}`}
          checked={chosen}
          onChange={() => flip(runId(run))}
        />
      </span>
      <span role="cell">
        <Phase phase={phaseName(status?.phase)} />
      </span>
      <span role="cell" className="name">
        <Link
          to="/workflows/$namespace/$name"
          params={{ namespace: metadata?.namespace ?? "", name }}
          search={archived && metadata.uid ? { uid: metadata.uid } : {}}
          title={metadata?.annotations?.["workflows.argoproj.io/description"] ?? name}
        >
          {metadata?.annotations?.["workflows.argoproj.io/title"] ?? name}
        </Link>
        {archived && <Archive size={13} aria-label="archived" className="dim" />}
      </span>
      <span role="cell" className="dim col-from">
        {origin?.name ?? "–"}
      </span>
      <span role="cell" title={status?.startedAt ?? undefined}>
        {ago(status?.startedAt ?? metadata?.creationTimestamp, now)}
      </span>
      <span role="cell" className="number">
        {duration(seconds(status?.startedAt, status?.finishedAt, now))}
      </span>
      <span role="cell" className="col-progress">
        <Progress value={status?.progress} phase={phaseName(status?.phase)} />
      </span>
      <span role="cell" className="message col-message" title={status?.message}>
        {status?.message}
      </span>
    </div>
  );
}
