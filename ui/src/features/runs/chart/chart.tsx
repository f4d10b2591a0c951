import { useRef, useState } from "react";
import { hasFailed } from "../../../api/phases";
import { useNarrow } from "../../../components/narrow";
import { timeStyle } from "../../../components/time-style";
import { type Bucket, bucketsOf, type Range } from "./buckets";
import { dragged, type Grip, gripOf } from "./brush";
import { Handle } from "./handle";
import { Bars, Dots, placeOf, wordsOf, wordsOfPoint } from "./marks";
import type { Point } from "./points";
import { durationTicks, timeTicks } from "./scale";
import "./chart.css";

const MOST = 60;
/** So many pixels beside something still mean it. */
const NEAR = 9;
/** As wide as chart.css has the ends. */
const HANDLE = 24;

export type Marks = "durations" | "counts";

interface Props {
  points: readonly Point[];
  marks: Marks;
  /** The stretch of time that is chosen. */
  range: Range | null;
  /** A stretch of time was chosen, or none any more. */
  pick: (range: Range | null, shown: Range) => void;
  /** A run was pressed. */
  open: (point: Point) => void;
}

interface Drag {
  grip: Grip;
  start: number;
  left: number;
  moved: boolean;
}

/** Runs by time: their durations as dots, or their number as bars.  A stretch of time is dragged out, or set with keys. */
export default function Chart({ points, marks, range, pick, open }: Props) {
  const plot = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const [draft, setDraft] = useState<Range | null | undefined>(undefined);
  const [hint, setHint] = useState<{ text: string; x: number } | null>(null);
  const narrow = useNarrow();
  const buckets = bucketsOf(points, MOST, range);
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last) return null;
  const shown = { from: first.from, to: last.to };
  const chosen = draft === undefined ? range : draft;
  const most = Math.max(1, ...points.map((point) => point.took));
  const high = Math.max(...buckets.map((bucket) => bucket.all));
  const share = (at: number): number => (at - shown.from) / (shown.to - shown.from);
  const place = (event: React.PointerEvent): { at: number; x: number; y: number; span: number } => {
    const box = plot.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const x = (event.clientX - box.left) / box.width;
    const span = (shown.to - shown.from) / box.width;
    return {
      at: shown.from + x * (shown.to - shown.from),
      x,
      y: (event.clientY - box.top) / box.height,
      span,
    };
  };
  const under = (event: React.PointerEvent): Point | Bucket | undefined => {
    const { at, x, y } = place(event);
    if (marks === "counts") return buckets.find((bucket) => at >= bucket.from && at < bucket.to);
    const box = plot.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    let best: Point | undefined;
    let least = NEAR;
    for (const point of points) {
      const here = placeOf(point, shown, most);
      const far = Math.hypot((here.x - x) * box.width, (here.y - y) * box.height);
      if (far <= least) [best, least] = [point, far];
    }
    return best;
  };
  const commit = (next: Range | null): void => {
    setDraft(undefined);
    pick(next, shown);
  };
  const down = (event: React.PointerEvent): void => {
    if (event.button !== 0) return;
    const { at, span } = place(event);
    drag.current = {
      grip: gripOf(chosen, at, NEAR * span, HANDLE * span),
      start: at,
      left: event.clientX,
      moved: false,
    };
    plot.current?.setPointerCapture(event.pointerId);
  };
  const move = (event: React.PointerEvent): void => {
    const { at, x } = place(event);
    const held = drag.current;
    if (held && Math.abs(event.clientX - held.left) > 4) held.moved = true;
    if (held?.moved) {
      setHint(null);
      setDraft(dragged(held.grip, range, held.start, at, shown));
      return;
    }
    const it = under(event);
    if (!it) setHint(null);
    else if ("counts" in it) setHint({ text: `${momentOf(it.from)}: ${wordsOf(it)}`, x });
    else setHint({ text: wordsOfPoint(it), x });
  };
  const up = (event: React.PointerEvent): void => {
    const held = drag.current;
    drag.current = null;
    if (!held) return;
    if (held.moved && draft) {
      commit(draft);
      return;
    }
    setDraft(undefined);
    const it = under(event);
    if (it && "counts" in it) pick({ from: it.from, to: it.to }, shown);
    else if (it) open(it);
    else if (held.grip === "new") pick(null, shown);
  };
  const failed = points.filter((point) => hasFailed(point.phase)).length;
  const levels =
    marks === "durations" ? durationTicks(most) : high > 0 ? [{ at: 1, text: String(high) }] : [];
  return (
    <div className="runs-chart" role="group" aria-label={`${points.length} runs by time, ${failed} failed`}>
      <div className="chart-levels" aria-hidden>
        {levels.map((tick) => (
          <span key={tick.text} style={{ bottom: `${6 + tick.at * 88}%` }}>
            {tick.text}
          </span>
        ))}
      </div>
      <div
        ref={plot}
        className="chart-plot"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => {
          drag.current = null;
          setDraft(undefined);
        }}
        onPointerLeave={() => setHint(null)}
      >
        {marks === "durations" ? (
          <Dots points={points} shown={shown} most={most} />
        ) : (
          <Bars buckets={buckets} />
        )}
        {chosen && (
          <>
            <span className="chart-veil" style={{ left: 0, width: `${100 * share(chosen.from)}%` }} />
            <span className="chart-veil" style={{ right: 0, width: `${100 * (1 - share(chosen.to))}%` }} />
          </>
        )}
        {(["from", "to"] as const).map((end) => (
          <Handle
            key={end}
            end={end}
            range={chosen}
            shown={shown}
            step={first.to - first.from}
            words={momentOf}
            move={setDraft}
            done={() => draft !== undefined && commit(draft)}
            clear={() => commit(null)}
          />
        ))}
        {hint && (
          <span
            className="chart-hint"
            style={hint.x < 0.5 ? { left: `${100 * hint.x}%` } : { right: `${100 * (1 - hint.x)}%` }}
          >
            {hint.text}
          </span>
        )}
      </div>
      <div className="chart-times" aria-hidden>
        {timeTicks(shown, narrow ? 4 : 8, timeStyle()).map((tick) => (
          <span key={tick.at} className={sideOf(tick.at)} style={{ left: `${100 * tick.at}%` }}>
            {tick.text}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Words near an end of the axis do not go beyond it. */
const sideOf = (at: number): string | undefined =>
  at < 0.04 ? "at-begin" : at > 0.96 ? "at-end" : undefined;

const momentOf = (at: number): string =>
  timeStyle() === "UTC" ? new Date(at).toISOString() : new Date(at).toLocaleString();
