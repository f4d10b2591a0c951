import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useNow } from "../../components/now";
import { duration, seconds } from "../../components/time";
import { useRunView } from "./context";
import { rowsOf } from "./rows";
import { type Bar, barsOf, ticksOf } from "./bars";

/** When each node ran, in the order of the tree; the zoom spreads time. */
export function Timeline() {
  const { run, model, folds, search, change } = useRunView();
  const now = useNow();
  const [zoom, setZoom] = useState(1);
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(model, folds.open), [model, folds.open]);
  const from = Date.parse(run.status?.startedAt ?? "") || now;
  const to = run.status?.finishedAt
    ? Math.max(Date.parse(run.status.finishedAt), from + 1000)
    : Math.max(now, from + 1000);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 28,
    overscan: 15,
  });
  return (
    <div className="timeline">
      <label className="timeline-zoom">
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
      {}
      <div ref={scroll} className="timeline-scroll" tabIndex={0} role="region" aria-label="Timeline">
        <div style={{ width: `${zoom * 100}%`, height: list.getTotalSize() + 28, position: "relative" }}>
          <div className="timeline-ticks" aria-hidden>
            {ticksOf(to - from, zoom).map((tick) => (
              <span key={tick} style={{ left: `${(100 * tick) / (to - from)}%` }}>
                {duration(tick / 1000)}
              </span>
            ))}
          </div>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const { node, level } = row;
            return (
              <button
                key={node.id}
                type="button"
                className={node.id === search.nodeId ? "timeline-row chosen" : "timeline-row"}
                style={{ transform: `translateY(${item.start + 28}px)` }}
                onClick={() => change({ nodeId: node.id })}
              >
                {barsOf(node, from, to, now).map((bar: Bar, index) => (
                  <span
                    key={index}
                    className={`bar-${bar.kind} phase-${bar.phase.toLowerCase()}`}
                    style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
                  />
                ))}
                <span className="timeline-name" style={{ paddingLeft: (level - 1) * 12 }}>
                  {node.name}{" "}
                  <span className="dim">
                    {duration(seconds(node.status.startedAt, node.status.finishedAt, now))}
                  </span>
                </span>
              </button>
            );
          })}
        </div>
      </div>
    </div>
  );
}
