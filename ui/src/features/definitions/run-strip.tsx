import { hasFailed } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { phaseName } from "../../components/phase";
import { duration, seconds } from "../../components/time";

/** Runs as bars, oldest first: height is duration, colour is phase; a dash for none. */
export function RunStrip({ runs, now, large }: { runs: readonly Workflow[]; now: number; large?: boolean }) {
  if (runs.length === 0) return <span className="dim">–</span>;
  const bars = [...runs].reverse().map((run) => ({
    run,
    took: seconds(run.status?.startedAt, run.status?.finishedAt, now) ?? 0,
  }));
  const most = Math.max(1, ...bars.map((bar) => bar.took));
  const failed = runs.filter((run) => hasFailed(run.status?.phase)).length;
  return (
    <svg
      className={large ? "run-strip large" : "run-strip"}
      preserveAspectRatio="xMinYMid"
      viewBox={`0 0 ${Math.max(20, bars.length) * 10} 40`}
      role="img"
      aria-label={`${runs.length} runs, ${failed} failed`}
    >
      {bars.map(({ run, took }, at) => {
        const height = Math.max(4, (36 * took) / most);
        return (
          <rect
            key={run.metadata?.uid}
            className={`count phase-${phaseName(run.status?.phase).toLowerCase()}`}
            x={at * 10 + 1}
            y={40 - height}
            width="8"
            height={height}
            rx="1.5"
          >
            <title>{`${run.metadata?.name ?? ""}: ${run.status?.phase ?? ""}, ${duration(took)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
