/** Where marks and the words at the axes stand; pure. */
import type { TimeStyle } from "../../../components/time-style";
import type { Range } from "./buckets";
import { DAY, MINUTE, SPANS } from "./spans";

/** From 0 (no time) to 1 (the longest): runs of seconds and of hours are told apart in one picture. */
export const heightOf = (took: number, most: number): number =>
  most <= 0 ? 0 : Math.log1p(Math.max(0, took)) / Math.log1p(most);

/** Spans that people think in, in seconds. */
const ROUND = [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400];

export interface Tick {
  /** From 0 to 1: where it stands. */
  at: number;
  text: string;
}

/** At most three durations beside the points, apart enough to be read, about the longest among them. */
export function durationTicks(most: number): Tick[] {
  const found: Tick[] = [{ at: 1, text: roundText(most) }];
  for (const span of [...ROUND].reverse()) {
    const at = heightOf(span, most);
    if (at < (found.at(-1)?.at ?? 1) - 0.24 && at > 0.15 && found.length < 3)
      found.push({ at, text: roundText(span) });
  }
  return found;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
] as const;

/** A duration in one unit: `40 s`, `11 m`, `2 h`. */
function roundText(span: number): string {
  const [unit, size] = UNITS.find((each) => span >= each[1]) ?? ["s", 1];
  return `${Math.round(span / size)} ${unit}`;
}

/** Steps longer than this need the year. */
const YEARLY = 30 * DAY;

/** At most so many moments below the picture, round ones of the reader's clock, or of UTC. */
export function timeTicks({ from, to }: Range, most: number, style: TimeStyle): Tick[] {
  const step = SPANS.find((each) => (to - from) / each <= most) ?? (to - from) / most;
  const zone = style === "UTC" ? 0 : new Date(from).getTimezoneOffset() * MINUTE;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((from - zone) / step) * step + zone; at <= to; at += step)
    ticks.push({ at: (at - from) / (to - from), text: textOf(at, step, style) });
  return ticks;
}

function textOf(at: number, step: number, style: TimeStyle): string {
  const zone = style === "UTC" ? { timeZone: "UTC" } : {};
  const moment = new Date(at);
  const clock = moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...zone });
  if (step > YEARLY)
    return moment.toLocaleDateString(undefined, { year: "numeric", month: "short", ...zone });
  if (step >= DAY || clock === "00:00")
    return moment.toLocaleDateString(undefined, { month: "short", day: "numeric", ...zone });
  if (step < MINUTE) return moment.toLocaleTimeString("en-GB", zone);
  return clock;
}
