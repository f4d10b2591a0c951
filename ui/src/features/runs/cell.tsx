import type { Workflow } from "../../api/types";
import { phaseName } from "../../components/phase";
import { Progress } from "../../components/progress";
import { ago, duration, seconds } from "../../components/time";
import type { RunColumn } from "./columns";
import { type Trend, TREND } from "./trends";

interface Props {
  column: RunColumn;
  run: Workflow;
  now: number;
  trend: Trend | undefined;
}

/** A cell; most say their text, some say it better. */
export function Cell({ column, run, now, trend }: Props) {
  const { status } = run;
  const text = column.text(run, now);
  if (column.id === "progress")
    return (
      <span role="cell" className="col-progress">
        <Progress value={status?.progress} phase={phaseName(status?.phase)} />
      </span>
    );
  if (column.id === "duration")
    return (
      <span role="cell" className="col-duration" title={text}>
        {text}
        {trend && <Spark trend={trend} />}
        <Estimate run={run} now={now} />
      </span>
    );
  return (
    <span role="cell" className={`col-${column.id}`} title={text}>
      {column.moment ? ago(text, now) : text || "–"}
    </span>
  );
}

/** How long the runs before took, and at the right this one. */
function Spark({ trend }: { trend: Trend }) {
  const words = `those before usually took ${duration(trend.usual)}`;
  return (
    <svg className="spark" viewBox={`0 0 ${TREND.width} ${TREND.height}`} role="img" aria-label={words}>
      <title>{words}</title>
      <path d={trend.before} className="spark-before" />
      <path d={trend.own} className="spark-own" />
    </svg>
  );
}

/** How far a run is that goes on, by how long runs of its origin usually take. */
function Estimate({ run, now }: { run: Workflow; now: number }) {
  const usual = run.status?.estimatedDuration ?? 0;
  if (run.status?.finishedAt || usual <= 0) return null;
  const took = seconds(run.status?.startedAt, undefined, now) ?? 0;
  const over = took > usual;
  return (
    <svg
      className={over ? "estimate over" : "estimate"}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      role="img"
      aria-label={`usually ${duration(usual)}`}
    >
      <title>{`usually ${duration(usual)}`}</title>
      <rect width="100" height="4" className="progress-all" />
      <rect width={Math.min(100, (100 * took) / usual)} height="4" className="estimate-done" />
    </svg>
  );
}
