/** Clocks on the wall of a schedule's time zone; pure. */
import type { CronWorkflow } from "../../api/types";
import { schedulesOf } from "./spec";

const DAY = 86_400_000;

/** True for a name that this browser knows; a schedule may have been kept with another. */
function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The time zone of a schedule: its own, the one that all its times begin with (`CRON_TZ=…`), else UTC as on the server. */
export function zoneOf(cron: CronWorkflow): string {
  const written = new Set(schedulesOf(cron).map((each) => /^(?:CRON_TZ|TZ)=(\S+)/.exec(each)?.[1]));
  const name = written.size === 1 ? [...written][0] : undefined;
  return [name, cron.spec?.timezone].find((each) => each && isZone(each)) ?? "UTC";
}

/** A moment as a field for date and time has it, in a zone: `2026-03-01T07:30`. */
export function wallOf(moment: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(moment);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  // Who types a year begins with the years 2, 20 and 202.
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/**
 * The moment at which clocks of a zone show this; null for what is no time.
 * Of two it is the first; what clocks leave out is as much later as they are put forward.
 */
export function momentAt(wall: string, zone: string): number | null {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc) || !/^\d{4}-/.test(wall)) return null;
  const offset = (at: number): number =>
    Date.parse(`${wallOf(at, zone)}Z`) - Math.floor(at / 60_000) * 60_000;
  const [early, late] = [asUtc - offset(asUtc - DAY), asUtc - offset(asUtc + DAY)];
  const shown = [early, late].filter((each) => wallOf(each, zone) === wall.slice(0, 16));
  return shown.length > 0 ? Math.min(...shown) : early;
}
