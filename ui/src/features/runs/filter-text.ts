/** Filters as people type them: `phase:Failed from:cron/etl label:team=ml created:<24h duration:>1h archived:no etl-`.  Pure. */
import type { PhaseName } from "../../components/phase";
import { duration } from "../../components/time";
import type { NameMatch } from "../../api/workflows";
import { ORIGIN_LABELS } from "./origin";
import { groupNamed } from "./lines";
import { MOMENTS, nameOf, type RunsSearch, withName } from "./search";

export const PHASES: readonly PhaseName[] = ["Pending", "Running", "Succeeded", "Failed", "Error"];
/** What is said when a word is no filter. */
export const GRAMMAR =
  "Write a part of a name, name:etl-*, label=value, phase:Failed, from:cron/etl, created:<24h, finished:>7d, duration:>1h, " +
  "archived:no or group:day";

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400 };
const FROM: Record<string, keyof typeof ORIGIN_LABELS> = {
  template: "template",
  cluster: "cluster template",
  cron: "schedule",
  schedule: "schedule",
  event: "event",
  backfill: "backfill",
  run: "run",
};

/** Seconds of `90s`, `1h30m`, `2d`; null when it is no span. */
function spanOf(text: string): number | null {
  if (!/^(\d+[smhdw])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
}

type Reader = (search: RunsSearch, value: string, now: number) => RunsSearch | null;

const READERS: Record<string, Reader> = {
  phase: (search, value) => {
    const known = PHASES.find((name) => name.toLowerCase() === value.toLowerCase());
    return known ? { ...search, phase: [...new Set([...(search.phase ?? []), known])] } : null;
  },
  name: (search, value) => named(search, value),
  label: (search, value) => (isLabel(value) ? withLabel(search, value) : null),
  from: (search, value) => {
    const [kind = "", name = ""] = value.split("/");
    const origin = FROM[kind];
    return origin && name ? withOrigin(search, `${ORIGIN_LABELS[origin]}=${name}`) : null;
  },
  created: (search, value, now) => since(search, "createdAfter", /^<?/, value, now),
  finished: (search, value, now) => since(search, "finishedBefore", /^>/, value, now),
  duration: (search, value) => {
    const span = spanOf(value.replace(/^[<>]=?/, ""));
    return span === null ? null : { ...search, [value.startsWith("<") ? "max" : "min"]: String(span) };
  },
  archived: (search, value) => (value === "yes" || value === "no" ? { ...search, archived: value } : null),
  group: (search, value) => {
    const group = groupNamed(value);
    return group ? { ...search, group } : null;
  },
};

/** The filters with those that were typed, words apart by spaces; null when one is no filter.  `now` in milliseconds. */
export function added(search: RunsSearch, text: string, now: number): RunsSearch | null {
  // A selector of labels may have spaces of its own.
  if (/ (not)?in ?\(/.test(text)) return READERS["label"]?.(search, text.replace(/^label:/, ""), now) ?? null;
  let next: RunsSearch | null = search;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (next === null) return null;
    const [, key = "", value = ""] = /^([a-z]+):(.+)$/i.exec(word) ?? [];
    const reader = READERS[key.toLowerCase()];
    if (reader) next = reader(next, value, now);
    else next = isLabel(word) ? withLabel(next, word) : named(next, word);
  }
  return next;
}

/** The filters with one origin, instead of another; other labels stay. */
export function withOrigin(search: RunsSearch, label: string): RunsSearch {
  const others = (search.label ?? []).filter(
    (each) => !Object.values(ORIGIN_LABELS).some((name) => each.startsWith(`${name}=`)),
  );
  return { ...search, label: [...others, label] };
}

/** The filters with one more label. */
export function withLabel(search: RunsSearch, label: string): RunsSearch {
  return { ...search, label: [...new Set([...(search.label ?? []), label])] };
}

const isLabel = (text: string): boolean =>
  /^!?[\w./-]+$/.test(text) ? text.includes("/") : /^[\w./-]+(=|!=| in ?\(| notin ?\()/.test(text);

/** `etl` is a part of the name, `etl-*` its beginning, `=etl` all of it, `!etl` what it is not. */
function named(search: RunsSearch, text: string): RunsSearch | null {
  const [, sign = "", name = "", star = ""] = /^([=!]?)([a-z0-9.-]+)(\*?)$/.exec(text) ?? [];
  if (!name || (sign && star)) return null;
  const match: NameMatch = sign === "=" ? "Exact" : sign === "!" ? "NotEquals" : star ? "Prefix" : "Contains";
  return withName(search, match, name);
}

function since(
  search: RunsSearch,
  key: "createdAfter" | "finishedBefore",
  sign: RegExp,
  value: string,
  now: number,
): RunsSearch | null {
  if (!sign.test(value)) return null;
  const span = spanOf(value.replace(sign, ""));
  return span === null ? null : { ...search, [key]: new Date(now - span * 1000).toISOString() };
}

/** A stretch of time; its beginning is the moment before it, as the server wants it. */
function stretchText(after: string, before: string): string {
  const from = new Date(Math.ceil(Date.parse(after) / 1000) * 1000);
  const to = new Date(before);
  const end = from.toDateString() === to.toDateString() ? to.toLocaleTimeString() : to.toLocaleString();
  return `${from.toLocaleString()} to ${end}`;
}

export interface Chip {
  text: string;
  without: RunsSearch;
}

const MATCHED: Record<NameMatch, string> = {
  Contains: "name has",
  Prefix: "name begins with",
  Exact: "name is",
  NotEquals: "name is not",
};
const WORDS: Record<(typeof MOMENTS)[number], string> = {
  createdAfter: "created after",
  finishedBefore: "finished before",
  startedAfter: "started after",
  startedBefore: "started before",
};

/** The filters but for phases, each with what the filters are without it. */
export function chips(search: RunsSearch): Chip[] {
  const found: Chip[] = (search.label ?? []).map((label) => {
    const rest = search.label?.filter((other) => other !== label);
    return { text: label, without: { ...search, label: rest?.length ? rest : undefined } };
  });
  const add = (text: string, key: keyof RunsSearch): number =>
    found.push({ text, without: { ...search, [key]: undefined } });
  const name = nameOf(search);
  if (name) found.push({ text: `${MATCHED[name.match]} ${name.text}`, without: withName(search) });
  const { startedAfter, startedBefore } = search;
  const both = startedAfter !== undefined && startedBefore !== undefined;
  if (both)
    found.push({
      text: `started ${stretchText(startedAfter, startedBefore)}`,
      without: { ...search, startedAfter: undefined, startedBefore: undefined },
    });
  for (const key of MOMENTS) {
    const value = search[key];
    if (value && !(both && key.startsWith("started")))
      add(`${WORDS[key]} ${new Date(value).toLocaleString()}`, key);
  }
  if (search.min) add(`took ${duration(Number(search.min))} or longer`, "min");
  if (search.max) add(`took ${duration(Number(search.max))} or less`, "max");
  if (search.archived)
    add(search.archived === "yes" ? "only in the archive" : "not archived only", "archived");
  if (search.offset) add(`without the newest ${search.offset}`, "offset");
  if (search.group) add(`grouped by ${search.group.replace(/^label:/, "")}`, "group");
  return found;
}
