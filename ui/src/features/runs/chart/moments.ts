/** The chosen stretch of time in the address; pure. */
import type { RunsSearch } from "../search";
import type { Range } from "./buckets";

type Moments = Pick<RunsSearch, "startedAfter" | "startedBefore">;

const wholeSeconds = (at: number): number => Math.ceil(at / 1000) * 1000;

/** The stretch of time that the address means; an end that it leaves open is where the runs begin or end. */
export function rangeOf(
  { startedAfter, startedBefore }: Moments,
  points: readonly { at: number }[],
): Range | null {
  if (!startedAfter && !startedBefore) return null;
  const starts = points.map((point) => point.at);
  const from = startedAfter
    ? wholeSeconds(Date.parse(startedAfter))
    : Math.min(Date.parse(startedBefore ?? ""), ...starts);
  const to = startedBefore ? Date.parse(startedBefore) : Math.max(from + 1000, ...starts.map((at) => at + 1));
  return from < to ? { from, to } : null;
}

/**
 * As the address and the server have a stretch of time: whole seconds, and what started at the first of them is within.
 *
 * An end at the edge of what is shown is left open, so that new runs are within; one that the address had there stays.
 */
export function momentsOf(range: Range | null, shown: Range, before: Moments): Moments {
  if (!range) return { startedAfter: undefined, startedBefore: undefined };
  const text = (at: number): string => new Date(at).toISOString();
  const kept = (moment: string | undefined, beyond: (at: number) => boolean): string | undefined =>
    moment && beyond(Date.parse(moment)) ? moment : undefined;
  return {
    startedAfter:
      range.from > shown.from
        ? text(Math.floor(range.from / 1000) * 1000 - 1)
        : kept(before.startedAfter, (at) => at <= shown.from),
    startedBefore:
      range.to < shown.to ? text(wholeSeconds(range.to)) : kept(before.startedBefore, (at) => at >= shown.to),
  };
}
