/** Times of a schedule, from the server: it alone knows what its schedules mean. */
import { call, segment } from "../../api/client";
import type { CronWorkflow } from "../../api/types";

/** The moments at which a schedule fires after `from` and until `to`, at most `limit`. */
export async function timesOf(
  cron: CronWorkflow,
  from: Date,
  to: Date | null,
  limit: number,
): Promise<string[]> {
  const { namespace = "", name = "" } = cron.metadata ?? {};
  const answer = await call<{ times: string[] }>(
    `api/x/v1/cron-workflows/${segment(namespace)}/${segment(name)}/times`,
    { query: { from: from.toISOString(), to: to?.toISOString(), limit } },
  );
  return answer.times;
}
