import type { CronWorkflow } from "../../api/types";

/** The schedules of a cron workflow, under the name of today and the one before. */
export function schedulesOf(cron: CronWorkflow): string[] {
  const spec = cron.spec as { schedules?: string[]; schedule?: string } | undefined;
  return spec?.schedules?.length ? spec.schedules : spec?.schedule ? [spec.schedule] : [];
}
