/** Runs counted by time and phase; pure. */
import type { Workflow } from "../../api/types";
import { type PhaseName, phaseName } from "../../components/phase";

export interface Bucket {
  from: number;
  to: number;
  counts: Partial<Record<PhaseName, number>>;
  all: number;
}

const MINUTE = 60_000;
/** Widths of a bar, in milliseconds: those that people think in. */
const WIDTHS = [1, 5, 15, 60, 180, 360, 1440, 7 * 1440].map((minutes) => minutes * MINUTE);

/** At most so many bars from the oldest run to the newest. */
export function bucketsOf(runs: readonly Workflow[], most: number): Bucket[] {
  const starts = runs.flatMap((run) => {
    const at = Date.parse(run.status?.startedAt ?? run.metadata?.creationTimestamp ?? "");
    return Number.isNaN(at) ? [] : [{ at, phase: phaseName(run.status?.phase) }];
  });
  if (starts.length === 0) return [];
  const first = Math.min(...starts.map((start) => start.at));
  const last = Math.max(...starts.map((start) => start.at));
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
  for (const { at, phase } of starts) {
    const bucket = buckets[Math.floor((at - begin) / width)];
    if (!bucket) continue;
    bucket.counts[phase] = (bucket.counts[phase] ?? 0) + 1;
    bucket.all++;
  }
  return buckets;
}
