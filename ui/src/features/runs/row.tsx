import { Link } from "@tanstack/react-router";
import { Archive, PanelRight } from "lucide-react";
import type { Workflow } from "../../api/types";
import { archivedOnly } from "../../api/workflows";
import { Phase, phaseName } from "../../components/phase";
import { Progress } from "../../components/progress";
import { ago } from "../../components/time";
import type { RunColumn } from "./columns";

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
  peek: (run: Workflow) => void;
  columns: readonly RunColumn[];
  /** The widths of all columns, as the grid wants them. */
  template: string;
}

export function RunRow({ run, now, top, index, current, chosen, flip, peek, columns, template }: Props) {
  const { metadata, status } = run;
  const name = metadata?.name ?? "";
  const archived = archivedOnly(run);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={current ? "runs-row current" : "runs-row"}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: template }}
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
          search={archived && metadata?.uid ? { uid: metadata.uid } : {}}
          title={metadata?.annotations?.["workflows.argoproj.io/description"] ?? name}
        >
          {metadata?.annotations?.["workflows.argoproj.io/title"] ?? name}
        </Link>
        {archived && <Archive size={13} aria-label="archived" className="dim" />}
        <button
          type="button"
          className="peek-button"
          aria-label={`Summary of ${name}`}
          title="Summary (space)"
          onClick={() => peek(run)}
        >
          <PanelRight size={14} aria-hidden />
        </button>
      </span>
      {columns.map((column) => (
        <Cell key={column.id} column={column} run={run} now={now} />
      ))}
    </div>
  );
}

/** A cell; most say their text, some say it better. */
function Cell({ column, run, now }: { column: RunColumn; run: Workflow; now: number }) {
  const { status } = run;
  const text = column.text(run, now);
  if (column.id === "progress")
    return (
      <span role="cell" className="col-progress">
        <Progress value={status?.progress} phase={phaseName(status?.phase)} />
      </span>
    );
  const moment = column.id === "started" || column.id === "finished";
  return (
    <span role="cell" className={`col-${column.id}`} title={text}>
      {moment ? ago(text, now) : text || "–"}
    </span>
  );
}
