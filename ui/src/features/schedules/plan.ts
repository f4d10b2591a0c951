/** When all schedules fire, as a grid and as a list; pure. */
import type { Planned } from "../../api/schedules";
import type { CronWorkflow } from "../../api/types";
import { zoneOf } from "./zone";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Span {
  id: string;
  title: string;
  length: number;
  /** Firings this close are one mark. */
  mark: number;
}

export const SPANS: readonly Span[] = [
  { id: "day", title: "Next 24 hours", length: 24 * HOUR, mark: 10 * MINUTE },
  { id: "week", title: "Next 7 days", length: 7 * 24 * HOUR, mark: HOUR },
];

/** How sure it is that a run starts: `suspended` ones do not, a `when` decides at that time. */
export type Surety = "sure" | "when" | "suspended";

export interface PlanRow {
  namespace: string;
  name: string;
  title: string;
  zone: string;
  surety: Surety;
  /** The condition, when there is one. */
  when: string | undefined;
  times: string[];
  more: boolean;
  problem: string | undefined;
}

const key = (namespace: string | null | undefined, name: string | null | undefined): string =>
  `${namespace ?? ""}/${name ?? ""}`;

/** The schedules with their times; those that fire first come first, those that do not fire last. */
export function rowsOf(crons: readonly CronWorkflow[], planned: readonly Planned[]): PlanRow[] {
  const byKey = new Map(planned.map((each) => [key(each.namespace, each.name), each]));
  const rows = crons.flatMap((cron) => {
    const { namespace, name, annotations } = cron.metadata ?? {};
    const found = byKey.get(key(namespace, name));
    if (!found) return [];
    const stopped = (cron.status as { phase?: string } | undefined)?.phase === "Stopped";
    const surety: Surety = cron.spec?.suspend || stopped ? "suspended" : cron.spec?.when ? "when" : "sure";
    const title = annotations?.["workflows.argoproj.io/title"] ?? found.name;
    const { times, more, problem } = found;
    const when = cron.spec?.when ?? undefined;
    return {
      namespace: found.namespace,
      name: found.name,
      title,
      zone: zoneOf(cron),
      surety,
      when,
      times,
      more,
      problem,
    };
  });
  const first = ({ surety, times }: PlanRow): number =>
    surety === "suspended" ? Infinity : Date.parse(times[0] ?? "") || Number.MAX_VALUE;
  // Infinity minus itself is no number: then the names decide.
  return rows.sort((a, b) => first(a) - first(b) || a.title.localeCompare(b.title));
}

export interface Mark {
  /** Where it begins, as a share of the span. */
  at: number;
  count: number;
  first: string;
}

/** The firings of a row as marks: those that would lie upon each other are one, with their count. */
export function marksOf(times: readonly string[], from: number, { length, mark }: Span): Mark[] {
  const marks = new Map<number, Mark>();
  for (const time of times) {
    const place = Math.floor((Date.parse(time) - from) / mark);
    const before = marks.get(place);
    if (before) before.count += 1;
    else marks.set(place, { at: (place * mark) / length, count: 1, first: time });
  }
  return [...marks.values()];
}

/** Full hours or midnights of this browser's clock in a span, and what stands at each. */
export function ticksOf(from: number, { id, length }: Span): { at: number; text: string }[] {
  const found: { at: number; text: string }[] = [];
  const tick = new Date(from);
  tick.setMinutes(0, 0, 0);
  for (;;) {
    tick.setHours(tick.getHours() + 1);
    const at = (tick.getTime() - from) / length;
    if (at >= 1) return found;
    if (id === "day" ? tick.getHours() % 3 !== 0 : tick.getHours() !== 0) continue;
    const text =
      id === "day"
        ? tick.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })
        : tick.toLocaleDateString("en-GB", { weekday: "short", day: "numeric" });
    found.push({ at, text });
  }
}

export interface Coming {
  time: string;
  row: PlanRow;
}

/** More firings than this in one span are not listed one by one. */
const OFTEN = 30;

/** What starts, in order of time, and the schedules that start too often for a list; those that are suspended are in neither. */
export function comingOf(rows: readonly PlanRow[]): { coming: Coming[]; often: PlanRow[] } {
  const on = rows.filter(({ surety }) => surety !== "suspended");
  const isOften = ({ times, more }: PlanRow): boolean => more || times.length > OFTEN;
  const coming = on
    .filter((row) => !isOften(row))
    .flatMap((row) => row.times.map((time): Coming => ({ time, row })))
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return { coming, often: on.filter(isOften) };
}
