import { hasFailed } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { bucketsOf } from "./activity-of";

const MOST = 60;
const HEIGHT = 44;

interface Props {
  /** Puts it into a card with this title. */
  title?: string;
  runs: readonly Workflow[];
  /** Show only runs since this moment. */
  since?: (moment: string) => void;
}

/** How many runs began when, by phase: a bar for each stretch of time. */
export function Activity({ title, runs, since }: Props) {
  const buckets = bucketsOf(runs, MOST);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.all));
  if (buckets.length < 2) return null;
  const failed = runs.filter((run) => hasFailed(run.status?.phase)).length;
  const bars = (
    <svg
      className="activity"
      viewBox={`0 0 ${MOST * 10} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${runs.length} runs by time, ${failed} failed`}
    >
      {buckets.map((bucket, at) => {
        let top = HEIGHT;
        const x = (MOST - buckets.length + at) * 10 + 1;
        return (
          <g key={bucket.from} onClick={() => since?.(new Date(bucket.from).toISOString())}>
            <title>
              {`${new Date(bucket.from).toLocaleString()}: ${Object.entries(bucket.counts)
                .map(([phase, count]) => `${count} ${phase}`)
                .join(", ")}`}
            </title>
            <rect x={x} y={0} width={8} height={HEIGHT} className="activity-hit" />
            {Object.entries(bucket.counts).map(([phase, count]) => {
              const height = (HEIGHT * count) / most;
              top -= height;
              return (
                <rect
                  key={phase}
                  className={`count phase-${phase.toLowerCase()}`}
                  x={x}
                  y={top}
                  width={8}
                  height={height}
                />
              );
            })}
          </g>
        );
      })}
    </svg>
  );
  if (title === undefined) return bars;
  return (
    <section className="card activity-card" aria-label="Activity">
      <h2>{title}</h2>
      {bars}
    </section>
  );
}
