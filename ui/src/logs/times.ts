/** Times of lines as people want to read them; pure. */

/** `zone:` and a name such as `zone:Europe/Berlin` is the clock there. */
export type Times = "off" | "local" | "utc" | "relative" | `zone:${string}`;

/** What somebody kept as their choice; anything else is none. */
export function timesOf(kept: unknown): Times {
  if (kept === "local" || kept === "utc" || kept === "relative") return kept;
  return typeof kept === "string" && kept.startsWith("zone:") && clockOf(kept) ? (kept as Times) : "off";
}

/** The time of a line; `began` is when the log began, in milliseconds since 1970. */
export function timeOf(time: string, times: Times, began: number): string {
  if (!time || times === "off") return "";
  if (times === "relative") return `+${((Date.parse(time) - began) / 1000).toFixed(1)} s`;
  if (times === "utc") return time.slice(11, 23);
  const moment = new Date(time);
  return Number.isNaN(moment.getTime()) ? time : (clockOf(times)?.format(moment) ?? time);
}

const IN_TEXT = /\btime="([^"]+)"/g;

/** A line whose own `time="…"` is told by the chosen clock, as programs of Go write it. */
export function withTimes(text: string, times: Times): string {
  if (times === "off" || times === "relative" || !text.includes('time="')) return text;
  return text.replace(IN_TEXT, (whole, moment: string) =>
    Number.isNaN(Date.parse(moment)) ? whole : `time="${timeOf(new Date(moment).toISOString(), times, 0)}"`,
  );
}

// Clocks are dear to make: thousands of lines ask for the same one.
const clocks = new Map<string, Intl.DateTimeFormat | null>();

function clockOf(times: string): Intl.DateTimeFormat | null {
  let clock = clocks.get(times);
  if (clock === undefined) clocks.set(times, (clock = made(times)));
  return clock;
}

function made(times: string): Intl.DateTimeFormat | null {
  const zone = times.startsWith("zone:") ? { timeZone: times.slice("zone:".length) } : {};
  try {
    return new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23", ...zone });
  } catch {
    return null;
  }
}
