import { Link } from "@tanstack/react-router";
import { Archive, PanelRight } from "lucide-react";
import { memo, useLayoutEffect, useRef } from "react";
import type { Workflow } from "../../api/types";
import { archivedOnly } from "../../api/workflows";
import { Markdown } from "../../components/markdown";
import { Phase, phaseName } from "../../components/phase";
import { Cell } from "./cell";
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
  /** How it stands beside the runs before it: the three parts of a `Trend`, texts, so that equal ones are the same. */
  before?: string;
  own?: string;
  usual?: number;
}

/** A run in the list; its element shows another one when this one leaves the window. */
export const RunRow = memo(function RunRow(props: Props) {
  const { run, now, top, index, current, chosen, flip, peek, columns, template } = props;
  const { before = "", own = "", usual } = props;
  const trend = usual === undefined ? undefined : { before, own, usual };
  const { metadata, status } = run;
  const name = metadata?.name ?? "";
  const archived = archivedOnly(run);
  const element = useRef<HTMLDivElement>(null);
  const id = runId(run);
  useLayoutEffect(() => {
    const row = element.current;
    // Enter must never open another run than the one that had the focus: it goes to the table instead.
    return () => {
      if (row?.contains(document.activeElement))
        row.closest<HTMLElement>(".runs-scroll")?.focus({ preventScroll: true });
    };
  }, [id]);
  return (
    <div
      ref={element}
      role="row"
      aria-rowindex={index + 2}
      className={current ? "runs-row current" : "runs-row"}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: template }}
    >
      <span role="cell">
        <input type="checkbox" aria-label={`Choose ${name}`} checked={chosen} onChange={() => flip(id)} />
      </span>
      <span role="cell">
        <Phase phase={phaseName(status?.phase)} />
      </span>
      <span role="cell" className="name">
        <Link
          to="/workflows/$namespace/$name"
          params={{ namespace: metadata?.namespace ?? "", name }}
          search={archived && metadata?.uid ? { uid: metadata.uid } : {}}
          title={[name, metadata?.annotations?.["workflows.argoproj.io/description"]]
            .filter(Boolean)
            .join("\n")}
        >
          <Markdown inline text={metadata?.annotations?.["workflows.argoproj.io/title"] ?? name} />
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
        <Cell key={column.id} column={column} run={run} now={now} trend={trend} />
      ))}
    </div>
  );
});
