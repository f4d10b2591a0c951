import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type SyntheticEvent, useMemo, useState } from "react";
import { isOver } from "../../api/phases";
import { useNow } from "../../components/now";
import { CLOSEST, ghostsOf, placeIn } from "./bars";
import { useRunView } from "./context";
import { criticalPath } from "./critical";
import { PARTS } from "./parts";
import { rowsOf } from "./rows";
import { useRunBefore } from "./run-before";
import { flipped, type Shown, shownOf } from "./search";
import { TimelineHead } from "./timeline-head";
import { TimelineRow } from "./timeline-row";
import { useKnown } from "./use-known";
import { useZoom } from "./use-zoom";
import "./timeline.css";

const HEIGHT = 28;
const NONE: ReadonlySet<string> = new Set();

/** When each node ran, in the order of the tree; the zoom spreads time. */
export default function Timeline() {
  const { run, model, folds, search, change } = useRunView();
  const now = useNow();
  const { scroll, zoom, zoomTo, zoomOn } = useZoom();
  const known = useKnown(run);
  const [pointed, setPointed] = useState<string | undefined>();
  const rows = useMemo(() => rowsOf(model, folds.open), [model, folds.open]);
  const { show } = search;
  const shown = useMemo(() => shownOf({ show }), [show]);
  const critical = useMemo(() => (shown.has("path") ? criticalPath(model) : NONE), [shown, model]);
  const before = useRunBefore(run, shown.has("before"));
  const relations = useMemo(() => {
    const found = new Map<string, "before" | "after">();
    for (const { from, to } of pointed === undefined ? [] : model.links) {
      if (to === pointed) found.set(from, "before");
      if (from === pointed) found.set(to, "after");
    }
    return found;
  }, [model, pointed]);
  const from = Date.parse(run.status?.startedAt ?? "") || now;
  // A run that goes on has room up to when it is expected to end.
  const expected = isOver(run.status?.phase) ? 0 : from + 1000 * (run.status?.estimatedDuration ?? 0);
  const to = Math.max(
    from + 1000,
    run.status?.finishedAt ? Date.parse(run.status.finishedAt) : Math.max(now, expected),
  );
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
    const place = event.target instanceof HTMLElement ? event.target.dataset["row"] : undefined;
    const node = rows[Number(place)]?.node;
    if (place === undefined || !node) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const fold = { ArrowRight: false, ArrowLeft: true }[event.key];
    if (step !== 0) {
      const next = Math.max(0, Math.min(rows.length - 1, Number(place) + step));
      list.scrollToIndex(next);
      scroll.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus();
    } else if (fold !== undefined && node.inside.length > 0 && folds.open.has(node.id) === fold)
      folds.flip(node.id);
    else return;
    event.preventDefault();
  };
  const point = (event: SyntheticEvent): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-node]") : null;
    setPointed(row?.dataset["node"]);
  };
  const present = to > now + 1 && !run.status?.finishedAt ? now - from : undefined;
  return (
    <div className="timeline">
      <div className="view-bar">
        <label>
          Zoom
          <input
            type="range"
            min={0}
            max={Math.log2(CLOSEST)}
            step="any"
            aria-valuetext={`${zoom.toFixed(1)} times`}
            value={Math.log2(zoom)}
            onChange={(event) => zoomTo(2 ** Number(event.target.value))}
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
        {known.containers.size + known.began.size > 0 && (
          <ul className="timeline-legend" aria-label="Parts of a bar">
            {PARTS.map(([kind, word]) => (
              <li key={kind}>
                <span className={`bar-part part-${kind}`} />
                {word}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div
        ref={scroll}
        className="timeline-scroll"
        tabIndex={0}
        role="region"
        aria-label="Timeline"
        onKeyDown={keys}
        onPointerOver={point}
        onFocus={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        <div
          style={{
            width: `calc(var(--names) + (100% - var(--names)) * ${zoom})`,
            height: list.getTotalSize() + HEIGHT,
            position: "relative",
          }}
        >
          <TimelineHead span={to - from} zoom={zoom} present={present} zoomOn={zoomOn} />
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
                known={known}
                relation={relations.get(row.node.id)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
