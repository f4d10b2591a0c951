/** Times and durations as people read them. */
import { type TimeStyle, timeStyle } from "./time-style";

/** Seconds between two moments of the API; until now when the second is missing. Null before the first. */
export function seconds(
  from: string | null | undefined,
  to: string | null | undefined,
  now: number,
): number | null {
  if (!from) return null;
  const end = to ? Date.parse(to) : now;
  return Math.max(0, (end - Date.parse(from)) / 1000);
}

/** A duration: `0.4 s`, `12 s`, `3 m 04 s`, `2 h 05 m`, `4 d 3 h`. */
export function duration(value: number | null): string {
  if (value === null) return "–";
  if (value < 10 && value % 1 >= 0.05) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 60) return `${whole} s`;
  const two = (number: number): string => String(number).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} m`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** A moment in full, as the place of the reader writes it. */
export const momentText = (moment: string | null | undefined): string | undefined =>
  moment ? new Date(moment).toLocaleString() : undefined;

/** How long ago: `now`, `5 min ago`, `3 h ago`, `2 d ago`, else the date; or the moment itself in another style. */
export function ago(moment: string | null | undefined, now: number, style: TimeStyle = timeStyle()): string {
  if (!moment) return "–";
  if (style === "UTC") return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
  if (style === "local") return new Date(moment).toLocaleString();
  const past = (now - Date.parse(moment)) / 1000;
  if (past < 45) return "now";
  if (past < 3600) return `${Math.max(1, Math.round(past / 60))} min ago`;
  if (past < 86_400) return `${Math.round(past / 3600)} h ago`;
  if (past < 14 * 86_400) return `${Math.round(past / 86_400)} d ago`;
  return new Date(moment).toLocaleDateString();
}
