/** The runs that a schedule made, by itself or in a backfill. */
import { overviewOf } from "../../api/overview";
import type { Workflow } from "../../api/types";
import { listRuns, type RunsQuery } from "../../api/workflows";
import { ORIGIN_LABELS } from "../runs/origin";

export const CRON_LABEL = ORIGIN_LABELS.schedule;
export const BACKFILL_LABEL = ORIGIN_LABELS.backfill;
const MOMENT = "workflows.argoproj.io/scheduled-time";
const MOST = 200;

/** What finds the runs of a schedule: those that it started, and those of its backfills. */
const queriesOf = (namespace: string, name: string): RunsQuery[] => [
  { namespace, labelSelector: `${CRON_LABEL}=${name}` },
  { namespace, labelSelector: BACKFILL_LABEL, name: { match: "Prefix", text: `${name}-backfill-` } },
];

/** How many runs of a schedule are deleted with it; copies in the archive are not. */
export async function countRunsOf(namespace: string, name: string, signal: AbortSignal): Promise<number> {
  const counts = await Promise.all(
    queriesOf(namespace, name).map((query) => overviewOf.phases(query, "no", signal)),
  );
  return counts.flatMap((each) => Object.values(each)).reduce((sum, each) => sum + each, 0);
}

/** The newest runs of a schedule, newest first. */
export async function runsOf(namespace: string, name: string, signal: AbortSignal): Promise<Workflow[]> {
  const lists = await Promise.all(
    queriesOf(namespace, name).map((query) => listRuns(query, MOST, "", signal)),
  );
  return newestFirst(lists.flatMap((list) => list.items ?? []));
}

export function newestFirst(runs: readonly Workflow[]): Workflow[] {
  const born = (run: Workflow): string => run.metadata?.creationTimestamp ?? "";
  return runs.toSorted((a, b) => born(b).localeCompare(born(a)));
}

/** The moment that a run is for: the one of its schedule, else when it was made. */
export function momentOf(run: Workflow): string | undefined {
  return (
    run.metadata?.annotations?.[MOMENT] ??
    run.status?.startedAt ??
    run.metadata?.creationTimestamp ??
    undefined
  );
}
