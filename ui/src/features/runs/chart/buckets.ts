/** Points counted by stretches of time and phase; pure. */
import type { PhaseName } from "../../../components/phase";
import type { Point } from "./points";
import { SPANS } from "./spans";

export interface Bucket {
  from: number;
  to: number;
  counts: Partial<Record<PhaseName, number>>;
  all: number;
}

/** A stretch of time, in milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** A shorter one would say nothing. */
const SHORTEST = 5000;
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
    SPANS.find((each) => each >= SHORTEST && (last - first) / each < most - 3) ??
    Math.ceil((last - first + 1) / (most - 3));
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
