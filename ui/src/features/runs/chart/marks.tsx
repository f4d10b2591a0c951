import { memo } from "react";
import type { PhaseName } from "../../../components/phase";
import { duration } from "../../../components/time";
import type { Bucket, Range } from "./buckets";
import type { Point } from "./points";
import { heightOf } from "./scale";

/** What is drawn last lies on top: failures are never hidden. */
const ORDER: readonly PhaseName[] = ["Unknown", "Succeeded", "Pending", "Running", "Failed", "Error"];
const WIDTH = 1000;
const HEIGHT = 100;
/** Points at the edges are drawn whole. */
const EDGE = 6;

const drawn = (phase: PhaseName): PhaseName => (ORDER.includes(phase) ? phase : "Unknown");
const classOf = (phase: PhaseName): string => `mark phase-${phase.toLowerCase()}`;

/** Where a point is drawn: shares of the width and of the height, from the left and from above. */
export const placeOf = ({ at, took }: Point, shown: Range, most: number): { x: number; y: number } => ({
  x: (at - shown.from) / (shown.to - shown.from),
  y: (HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * heightOf(took, most)) / HEIGHT,
});

interface Dots {
  points: readonly Point[];
  shown: Range;
  most: number;
}

/** One path for each phase, however many runs there are; its dots keep their size in any window. */
export const Dots = memo(function Dots({ points, shown, most }: Dots) {
  const paths = new Map<PhaseName, string[]>();
  for (const point of points) {
    const { x, y } = placeOf(point, shown, most);
    const phase = drawn(point.phase);
    const path = paths.get(phase) ?? [];
    paths.set(phase, path);
    path.push(`M${(x * WIDTH).toFixed(1)} ${(y * HEIGHT).toFixed(1)}h.01`);
  }
  return (
    <Drawing>
      {ORDER.map((phase) => (
        <path key={phase} className={classOf(phase)} d={paths.get(phase)?.join("")} />
      ))}
    </Drawing>
  );
});

/** A bar for each stretch of time, failures at its foot. */
export const Bars = memo(function Bars({ buckets }: { buckets: readonly Bucket[] }) {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.all));
  const wide = WIDTH / buckets.length;
  return (
    <Drawing>
      {buckets.map((bucket, at) => {
        let top = HEIGHT;
        return [...ORDER].reverse().map((phase) => {
          const height = ((HEIGHT - EDGE) * (bucket.counts[phase] ?? 0)) / most;
          if (height === 0) return null;
          top -= height;
          return (
            <rect
              key={`${at} ${phase}`}
              className={classOf(phase)}
              x={wide * (at + 0.08)}
              y={top}
              width={wide * 0.84}
              height={height}
            />
          );
        });
      })}
    </Drawing>
  );
});

function Drawing({ children }: { children: React.ReactNode }) {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden>
      {children}
    </svg>
  );
}

/** What a stretch of time has, in words. */
export const wordsOf = (bucket: Bucket): string =>
  ORDER.flatMap((phase) => (bucket.counts[phase] ? [`${bucket.counts[phase]} ${phase}`] : [])).join(", ") ||
  "no runs";

/** What a point is, in words. */
export const wordsOfPoint = ({ name, phase, took }: Point): string => `${name}: ${phase}, ${duration(took)}`;
