/** Figures over runs as tables and files have them; pure. */
import type { Figures, Insights } from "../../api/overview";
import { csvText } from "../../components/csv";

/** Prices of an hour: of a core, and of a GiB of memory. */
export interface Rates {
  cpu: number;
  memory: number;
}

const HOUR = 3600;
/** Argo counts memory in units of 100 Mi, for a second each. */
const MEMORY_UNIT = 100 / 1024;

export const coreHours = ({ cpu }: Figures): number => cpu / HOUR;
export const gibHours = ({ memory }: Figures): number => (memory * MEMORY_UNIT) / HOUR;
export const costOf = (figures: Figures, rates: Rates): number =>
  coreHours(figures) * rates.cpu + gibHours(figures) * rates.memory;

type Origin = Insights["origins"][number];
export const originName = ({ kind, name }: Pick<Origin, "kind" | "name">): string =>
  kind ? `${kind} ${name}` : "started by hand";

/** Those that fail most first. */
export const byFailures = (origins: readonly Origin[]): Origin[] =>
  [...origins].sort((a, b) => b.failed / b.finished - a.failed / a.finished || b.finished - a.finished);

/** Those that used most first; what used nothing is left out. */
export const byUsage = (origins: readonly Origin[]): Origin[] =>
  origins.filter(({ cpu, memory }) => cpu + memory > 0).sort((a, b) => b.cpu - a.cpu || b.memory - a.memory);

/** The figures of each origin as a file for spreadsheets; times in seconds. */
export function insightsCsv({ origins }: Insights, rates: Rates): string {
  return csvText([
    ["Kind", "Name", "Runs", "Failed", "Median", "90 %", "Waited", "Core hours", "GiB hours", "Cost"],
    ...byFailures(origins).map((row) => [
      row.kind,
      row.name,
      String(row.finished),
      String(row.failed),
      ...[row.median, row.p90, row.waited].map((value) => (value === null ? "" : String(value))),
      ...[coreHours(row), gibHours(row), costOf(row, rates)].map((value) => value.toFixed(3)),
    ]),
  ]);
}
