/** Which schedules a filter wants; pure. */
import type { CronWorkflow } from "../../api/types";

export const STATES = [
  ["all", "Any state"],
  ["on", "On"],
  ["suspended", "Suspended"],
] as const;
export type State = (typeof STATES)[number][0];

/** True when each word of the text is a part of the name or a label (`team=ml`, `team`), and the state is wanted. */
export function isChosen(cron: CronWorkflow, text: string, state: State): boolean {
  const suspended = cron.spec?.suspend === true;
  if (state !== "all" && suspended !== (state === "suspended")) return false;
  const name = cron.metadata?.name ?? "";
  const labels = Object.entries(cron.metadata?.labels ?? {});
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .every(
      (word) =>
        name.includes(word) || labels.some(([key, value]) => word === key || word === `${key}=${value}`),
    );
}
