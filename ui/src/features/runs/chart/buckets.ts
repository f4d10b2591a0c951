/** Points counted by stretches of time and phase; pure. */
import type { PhaseName } from "../../../components/phase";
import type { Point } from "./points";

export interface Bucket {
  from: number;
  to: number;
  counts: Partial<Record<PhaseName, number>>;
  all: number;
}

const MINUTE = 60_000;
/** Widths of a stretch, in milliseconds: those that people think in. */
const WIDTHS = [
  5 / 60,
  0.25,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  180,
  360,
  720,
  1440,
  2880,
  10_080,
  43_200,
].map((minutes) => minutes * MINUTE);

/** A stretch of time, in milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** So many stretches there are at least. */
const LEAST = 12;

/**
 * Stretches of one width from before the first moment to behind the last, at most so many, or at least `LEAST`; `range` is
 * among them.
 */
export function bucketsOf(points: readonly Point[], most: number, range?: Range | null): Bucket[] {
  let first = range?.from ?? Infinity;
  let last = range ? range.to - 1 : -Infinity;
  for (const { at } of points) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  if (last < first) return [];
  const width =
    WIDTHS.find((each) => (last - first) / each < most - 3) ?? Math.ceil((last - first + 1) / (most - 3));
  const home = Math.floor(first / width) * width;
  const full = Math.floor((last - home) / width) + 1;
  // What is at an edge could not be seen whole.
  const room = Math.max(1, Math.ceil((LEAST - full) / 2));
  const begin = home - room * width;
  const count = full + 2 * room;
  const buckets = Array.from({ length: count }, (_, at): Bucket => ({
    from: begin + at * width,
    to: begin + (at + 1) * width,
    counts: {},
    all: 0,
  }));
  for (const { at, phase } of points) {
    const bucket = buckets[Math.floor((at - begin) / width)];
    if (!bucket) continue;
    bucket.counts[phase] = (bucket.counts[phase] ?? 0) + 1;
    bucket.all++;
  }
  return buckets;
}
