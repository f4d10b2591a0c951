import { useVirtualizer } from "@tanstack/react-virtual";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import type { Workflow } from "../../api/types";
import { useNow } from "../../components/now";
import { RunRow, runId } from "./row";

const HEIGHT = 40;

interface Props {
  items: Workflow[];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
  more: (() => void) | undefined;
}

/** The rows that are in sight; j and k move, x chooses, Enter opens. */
export function RunsTable({ items, chosen, choose, more }: Props) {
  const now = useNow();
  const navigate = useNavigate();
  const scroll = useRef<HTMLDivElement>(null);
  const [here, setHere] = useState(0);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => HEIGHT,
    overscan: 12,
    onChange: (instance) => {
      if ((instance.range?.endIndex ?? 0) > items.length - 40) more?.();
    },
  });
  const flip = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement && event.key !== "Escape") return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    const run = items[here];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(items.length - 1, here + step));
      setHere(next);
      rows.scrollToIndex(next);
    } else if (event.key === "x" && run) flip(runId(run));
    else if (
      (event.key === "Enter" || event.key === "o") &&
      run &&
      !(event.target instanceof HTMLAnchorElement)
    ) {
      void navigate({
        to: "/workflows/$namespace/$name",
        params: { namespace: run.metadata?.namespace ?? "", name: run.metadata?.name ?? "" },
      });
    } else return;
    event.preventDefault();
  };
  const all = items.length > 0 && items.every((run) => chosen.has(runId(run)));
  return (
    <div
      ref={scroll}
      className="runs-scroll"
      role="table"
      aria-label="Runs"
      aria-rowcount={items.length + 1}

      tabIndex={0}
      onKeyDown={keys}
    >
      <div className="runs-row runs-head" role="row">
        <span role="columnheader">
          <input
            type="checkbox"
            aria-label="Choose all that are loaded"
            checked={all}
            onChange={() => choose(new Set(all ? [] : items.map(runId)))}
          />
        </span>
        {["Status", "Name", "From", "Started", "Duration", "Progress", "Message"].map((name) => (
          <span key={name} role="columnheader" className={`col-${name.toLowerCase()}`}>
            {name}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => {
          const run = items[row.index];
          return (
            run && (
              <RunRow
                key={runId(run)}
                run={run}
                now={now}
                top={row.start}
                index={row.index}
                current={row.index === here}
                chosen={chosen.has(runId(run))}
                flip={flip}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
