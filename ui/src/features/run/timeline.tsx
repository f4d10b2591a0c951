import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useNow } from "../../components/now";
import { Phase } from "../../components/phase";
import { duration, seconds } from "../../components/time";
import { barsOf, type Ghost, ghostsOf, lasting, placeIn, ticksOf } from "./bars";
import { useRunView } from "./context";
import { criticalPath } from "./critical";
import { clicked, picksOf } from "./picks";
import { type Row, rowsOf } from "./rows";
import { useRunBefore } from "./run-before";
import { flipped, type Shown, shownOf } from "./search";
import "./timeline.css";

const HEIGHT = 28;
const NONE: ReadonlySet<string> = new Set();

/** When each node ran, in the order of the tree; the zoom spreads time. */
export default function Timeline() {
  const { run, model, folds, search, change } = useRunView();
  const now = useNow();
  const [zoom, setZoom] = useState(1);
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(model, folds.open), [model, folds.open]);
  const { show } = search;
  const shown = useMemo(() => shownOf({ show }), [show]);
  const critical = useMemo(() => (shown.has("path") ? criticalPath(model) : NONE), [shown, model]);
  const before = useRunBefore(run, shown.has("before"));
  const from = Date.parse(run.status?.startedAt ?? "") || now;
  const to = Math.max(from + 1000, run.status?.finishedAt ? Date.parse(run.status.finishedAt) : now);
  const ghosts = useMemo(
    () => (shown.has("before") && before ? ghostsOf(before, to - from) : null),
    [shown, before, from, to],
  );
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => HEIGHT,
    overscan: 15,
  });
  const flip = (name: Shown): void => change({ show: flipped(shown, name) });
  const keys = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const row = event.target instanceof HTMLElement ? event.target.dataset["row"] : undefined;
    if (step === 0 || row === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, Number(row) + step));
    list.scrollToIndex(next);
    scroll.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus();
  };
  return (
    <div className="timeline">
      <div className="view-bar">
        <label>
          Zoom
          <input
            type="range"
            min={1}
            max={20}
            step={0.5}
            value={zoom}
            onChange={(event) => setZoom(Number(event.target.value))}
          />
        </label>
        <label>
          <input type="checkbox" checked={shown.has("path")} onChange={() => flip("path")} /> Critical path
        </label>
        <label>
          <input type="checkbox" checked={shown.has("before")} onChange={() => flip("before")} /> Run before
        </label>
        {shown.has("before") && before !== undefined && (
          <span className="dim">
            {before ? `outlines: ${before.metadata?.name ?? ""}` : "There is no run before this one."}
          </span>
        )}
      </div>
      <div
        ref={scroll}
        className="timeline-scroll"
        tabIndex={0}
        role="region"
        aria-label="Timeline"
        onKeyDown={keys}
      >
        <div
          style={{
            width: `calc(var(--names) + (100% - var(--names)) * ${zoom})`,
            height: list.getTotalSize() + HEIGHT,
            position: "relative",
          }}
        >
          <div className="timeline-ticks" aria-hidden>
            <span className="timeline-corner" />
            <div className="timeline-track">
              {ticksOf(to - from, zoom).map((tick) => (
                <span key={tick} className="timeline-tick" style={{ left: `${(100 * tick) / (to - from)}%` }}>
                  {duration(tick / 1000)}
                </span>
              ))}
            </div>
          </div>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <TimelineRow
                key={row.node.id}
                row={row}
                index={item.index}
                top={item.start + HEIGHT}
                times={[from, to, now]}
                critical={critical.has(row.node.id)}
                ghost={ghosts?.get(placeIn(run, row.node.status))}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  row: Row;
  index: number;
  top: number;
  /** Start, end and the present, in milliseconds since 1970. */
  times: readonly [from: number, to: number, now: number];
  critical: boolean;
  ghost: Ghost | undefined;
}

function TimelineRow({ row, index, top, times: [from, to, now], critical, ghost }: RowProps) {
  const { model, search, change } = useRunView();
  const node = lasting(row.node, model);
  const took = seconds(node.status.startedAt, node.status.finishedAt, now);
  const chosen = node.id === search.nodeId;
  return (
    <button
      type="button"
      data-row={index}
      className={chosen || picksOf(search.nodes).has(node.id) ? "timeline-row chosen" : "timeline-row"}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => change(clicked(event, search, node.id))}
    >
      <span className="timeline-name" style={{ paddingLeft: 8 + (row.level - 1) * 12 }}>
        <Phase phase={node.phase} bare />
        <span className="timeline-text">{node.name}</span>
        <span className="dim">{duration(took)}</span>
      </span>
      <span className="timeline-track">
        {ghost && (
          <span
            className="bar-ghost"
            style={{ left: `${ghost.left}%`, width: `${ghost.width}%` }}
            title={`${duration(ghost.took)} in the run before`}
          />
        )}
        {barsOf(node, from, to, now).map((bar, at) => (
          <span
            key={at}
            className={`bar-${bar.kind} phase-${bar.phase.toLowerCase()}${critical ? " critical" : ""}`}
            style={{ left: `min(${bar.left}%, 100% - 4px)`, width: `${bar.width}%` }}
          />
        ))}
      </span>
    </button>
  );
}
