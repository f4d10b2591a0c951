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
  1 / 60,
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

/** At most so many stretches from the first moment to the last, all of one width; `range` is among them. */
export function bucketsOf(points: readonly Point[], most: number, range?: Range | null): Bucket[] {
  let first = range?.from ?? Infinity;
  let last = range ? range.to - 1 : -Infinity;
  for (const { at } of points) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  if (last < first) return [];
  const width =
    WIDTHS.find((each) => (last - first) / each < most - 1) ?? Math.ceil((last - first + 1) / (most - 1));
  const begin = Math.floor(first / width) * width;
  const count = Math.floor((last - begin) / width) + 1;
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
