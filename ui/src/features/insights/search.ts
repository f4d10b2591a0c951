/** The address of the insights: which runs they are about. */
import { one, type RawSearch } from "../../app/search";

/** Days before now, and what they are called. */
export const WINDOWS: readonly [string, string][] = [
  ["1", "Last day"],
  ["7", "Last week"],
  ["30", "Last 30 days"],
  ["365", "Last year"],
];
const DAY = 86_400_000;
const HOUR = 3_600_000;

export interface InsightsSearch {
  labels?: string | undefined;
  days?: string | undefined;
}

/** Read the search part of an address; what is malformed is left out. */
export function readInsightsSearch(raw: RawSearch): InsightsSearch {
  const search: InsightsSearch = {};
  const labels = one(raw, "labels");
  if (labels) search.labels = labels;
  const days = WINDOWS.find(([each]) => each === one(raw, "days"))?.[0];
  if (days) search.days = days;
  return search;
}

/** Where a window begins: at a whole hour, so that it stays the same question for a while. */
export const beginOf = (days: string | undefined, now: number): string | undefined =>
  days === undefined ? undefined : new Date(Math.floor(now / HOUR) * HOUR - Number(days) * DAY).toISOString();
