/** Why a schedule starts nothing, or may skip its next run; pure. */
import type { CronWorkflow } from "../../api/types";

export interface Standing {
  text: "On" | "Suspended" | "Stopped";
  /** What to know, in sentences. */
  notes: string[];
}

export function standingOf(cron: CronWorkflow): Standing {
  const { spec, status } = cron;
  const notes: string[] = [];
  const stopped = (status as { phase?: string } | undefined)?.phase === "Stopped";
  if (stopped) notes.push("Its stop strategy ended it: it fires no more until it is resumed.");
  else if (spec?.suspend === true) notes.push("It is suspended and starts nothing until it is resumed.");
  const active = status?.active?.length ?? 0;
  const policy = spec?.concurrencyPolicy ?? "Allow";
  if (active > 0 && policy === "Forbid")
    notes.push(
      `${active === 1 ? "A run is" : `${active} runs are`} still going on: the next is skipped (Forbid).`,
    );
  if (active > 0 && policy === "Replace") notes.push("The run that goes on is ended by the next (Replace).");
  if (spec?.when) notes.push(`It starts only when ${spec.when}.`);
  if (!stopped && spec?.stopStrategy?.expression)
    notes.push(`It stops for good when ${spec.stopStrategy.expression}.`);
  if (spec?.startingDeadlineSeconds)
    notes.push(`A time that was missed is made up within ${spec.startingDeadlineSeconds} s, else skipped.`);
  for (const condition of status?.conditions ?? [])
    if (condition.status === "True" && condition.message) notes.push(condition.message);
  return { text: stopped ? "Stopped" : spec?.suspend === true ? "Suspended" : "On", notes };
}
