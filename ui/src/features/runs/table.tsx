import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Workflow } from "../../api/types";
import { type Density, useDensity } from "../../app/density";
import { useNow } from "../../components/now";
import { timeStyle } from "../../components/time-style";
import { recordOf, useKept } from "../../components/use-kept";
import { ColumnHead } from "./column-head";
import { gridOf, type RunColumn } from "./columns";
import { type Group, linesOf } from "./lines";
import { useListKeys } from "./list-keys";
import { RunRow, runId } from "./row";
import { trendsOf } from "./trends";

/** As runs.css has them. */
const HEIGHTS: Record<Density, number> = { comfortable: 40, compact: 30 };
const HEAD = 36;
/** Rows beyond each end of the window. */
const OVERSCAN = 12;

interface Props {
  items: Workflow[];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
  more: (() => void) | undefined;
  group: Group | undefined;
  columns: readonly RunColumn[];
  /** A column is dragged to the place of another. */
  move: (id: string, to: string) => void;
  /** Show a run at a glance. */
  peek: (run: Workflow) => void;
  /** Escape was pressed. */
  close: () => void;
}

/** The rows that are in sight. */
export function RunsTable({ items, chosen, choose, more, group, columns, move, peek, close }: Props) {
  const now = useNow();
  const height = HEIGHTS[useDensity()];
  const scroll = useRef<HTMLDivElement>(null);
  const [here, setHere] = useState(0);
  const lines = useMemo(() => linesOf(items, group), [items, group]);
  const trends = useMemo(() => trendsOf(items, runId), [items]);
  const [kept, keepWidths] = useKept("column-widths", recordOf<number>);
  const [dragged, setDragged] = useState<Record<string, number>>({});
  const widths = { ...kept, ...dragged };
  const template = gridOf(columns, widths, timeStyle());
  const resize = (id: string, width: number, done: boolean): void => {
    setDragged(done ? {} : { [id]: width });
    if (done) keepWidths({ ...kept, [id]: width });
  };
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    // The head takes its part of the window, above the rows.
    scrollPaddingEnd: HEAD,
    onChange: (instance) => {
      if ((instance.range?.endIndex ?? 0) > lines.length - 40) more?.();
    },
  });
  const flip = useCallback(
    (id: string): void => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      choose(next);
    },
    [chosen, choose],
  );
  const line = lines[here];
  useListKeys({
    table: scroll,
    run: line && "run" in line ? line.run : undefined,
    step: (by) => {
      const next = Math.max(0, Math.min(lines.length - 1, here + by));
      setHere(next);
      rows.scrollToIndex(next);
    },
    choose: (run) => flip(runId(run)),
    peek,
    close,
  });
  // Every size is asked for anew when the rows stand closer.
  useEffect(() => rows.measure(), [rows, height]);
  const inSight = rows.getVirtualItems();
  const slots = slotsFor(rows.scrollRect?.height ?? 0, height);
  const all = items.length > 0 && items.every((run) => chosen.has(runId(run)));
  return (
    <div
      ref={scroll}
      className="runs-scroll"
      role="table"
      aria-label="Runs"
      aria-rowcount={lines.length + 1}
      tabIndex={0}
    >
      <div
        className="runs-row runs-head"
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: template }}
      >
        <span role="columnheader">
          <input
            type="checkbox"
            aria-label="Choose all that are loaded"
            checked={all}
            onChange={() => choose(new Set(all ? [] : items.map(runId)))}
          />
        </span>
        {["Status", "Name"].map((name) => (
          <span key={name} role="columnheader" className={`col-${name.toLowerCase()}`}>
            {name}
          </span>
        ))}
        {columns.map((column) => (
          <ColumnHead key={column.id} column={column} resize={resize} move={move} />
        ))}
      </div>
      <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {inSight.map((row) => {
          const line = lines[row.index];
          if (!line) return null;
          if ("heading" in line)
            return (
              <div
                key={`group ${row.index % slots}`}
                role="row"
                aria-rowindex={row.index + 2}
                className="runs-group"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <span role="cell">
                  <strong>{line.heading}</strong> <span className="dim">{line.count}</span>
                  {line.failed > 0 && <span className="phase phase-failed">· {line.failed} failed</span>}
                </span>
              </div>
            );
          return (
            <RunRow
              key={row.index % slots}
              run={line.run}
              now={now}
              top={row.start}
              index={row.index}
              current={row.index === here}
              chosen={chosen.has(runId(line.run))}
              flip={flip}
              peek={peek}
              columns={columns}
              template={template}
              {...trends.get(runId(line.run))}
            />
          );
        })}
      </div>
    </div>
  );
}

/**
 * How many elements a window of this height needs for rows of that one: what leaves it shows what comes into it.
 *
 * To change an element costs a fraction of making one.
 */
function slotsFor(window: number, height: number): number {
  return Math.ceil(window / height) + 2 * OVERSCAN + 2;
}
