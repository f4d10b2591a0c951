/** Which schedules a filter wants; pure. */
import type { CronWorkflow } from "../../api/types";
import { hasWords } from "../definitions/has-words";

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
  return hasWords(cron.metadata, text);
}
