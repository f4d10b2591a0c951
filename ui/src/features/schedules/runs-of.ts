/** The runs that a schedule made, by itself or in a backfill. */
import type { Workflow } from "../../api/types";
import { listRuns } from "../../api/workflows";

export const CRON_LABEL = "workflows.argoproj.io/cron-workflow";
const BACKFILL_LABEL = "workflows.argoproj.io/backfill";
const MOMENT = "workflows.argoproj.io/scheduled-time";
const MOST = 200;

/** The newest runs of a schedule, newest first. */
export async function runsOf(namespace: string, name: string, signal: AbortSignal): Promise<Workflow[]> {
  const backfill = `${name}-backfill-`;
  const [own, made] = await Promise.all([
    listRuns({ namespace, labelSelector: `${CRON_LABEL}=${name}` }, MOST, "", signal),
    listRuns(
      { namespace, labelSelector: BACKFILL_LABEL, name: { match: "Prefix", text: backfill } },
      MOST,
      "",
      signal,
    ),
  ]);
  const born = (run: Workflow): string => run.metadata?.creationTimestamp ?? "";
  return [...(own.items ?? []), ...(made.items ?? [])].sort((a, b) => born(b).localeCompare(born(a)));
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
