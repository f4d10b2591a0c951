/** The address of the runs list: every filter is in it, under Argo's own names where it has one. */
import { NAME_MATCHES, type NameMatch, type RunsQuery } from "../../api/workflows";
import { type RawSearch, many, one } from "../../app/search";
import { type Group, groupNamed } from "./lines";

/** What a name has to be is under the way in which it is compared: `Prefix=etl-`. */
export interface RunsSearch extends Partial<Record<NameMatch, string | undefined>> {
  phase?: string[] | undefined;
  label?: string[] | undefined;
  createdAfter?: string | undefined;
  finishedBefore?: string | undefined;
  startedAfter?: string | undefined;
  startedBefore?: string | undefined;
  /** Leaves out so many of the newest, as a page of Argo's list did. */
  offset?: string | undefined;
  group?: Group | undefined;
  /** Only runs that took at least, or at most, so many seconds; of those that are loaded. */
  min?: string | undefined;
  max?: string | undefined;
  /** Only what the archive has, or only what it has not; of those that are loaded. */
  archived?: "yes" | "no" | undefined;
}

export const MOMENTS = ["createdAfter", "finishedBefore", "startedAfter", "startedBefore"] as const;
const NUMBERS = ["min", "max", "offset"] as const;

/** Read the search part of an address; what is malformed is left out. */
export function readRunsSearch(raw: RawSearch): RunsSearch {
  const search: RunsSearch = {};
  const phase = many(raw, "phase");
  const label = many(raw, "label");
  if (phase.length) search.phase = phase;
  if (label.length) search.label = label;
  // One name can be compared in one way; `text` is how views of earlier days call a part of it.
  const match = NAME_MATCHES.find((each) => one(raw, each));
  const text = match ? one(raw, match) : one(raw, "text");
  if (text) search[match ?? "Contains"] = text;
  for (const name of MOMENTS) {
    const value = one(raw, name);
    if (value && !Number.isNaN(Date.parse(value))) search[name] = value;
  }
  for (const name of NUMBERS) {
    const value = one(raw, name);
    if (value && /^\d+$/.test(value) && value !== "0") search[name] = value;
  }
  const group = groupNamed(one(raw, "group"));
  if (group) search.group = group;
  const archived = one(raw, "archived");
  if (archived === "yes" || archived === "no") search.archived = archived;
  return search;
}

/** What names are compared with, and how. */
export function nameOf(search: RunsSearch): RunsQuery["name"] {
  for (const match of NAME_MATCHES) {
    const text = search[match];
    if (text) return { match, text };
  }
  return undefined;
}

/** The filters with another name, or none. */
export function withName(search: RunsSearch, match?: NameMatch, text?: string): RunsSearch {
  const { Contains: _c, Prefix: _p, Exact: _e, NotEquals: _n, ...others } = search;
  return match && text ? { ...others, [match]: text } : others;
}

/** The label selector that the filters mean. */
export function labelSelector(search: RunsSearch): string {
  const parts = [...(search.label ?? [])];
  if (search.phase?.length) parts.push(`workflows.argoproj.io/phase in (${search.phase.join(",")})`);
  return parts.join(",");
}

/** What the server is asked for; how long runs took and where they are kept it does not know. */
export const askedFor = (namespace: string, search: RunsSearch): RunsQuery => ({
  namespace,
  labelSelector: labelSelector(search),
  name: nameOf(search),
  createdAfter: search.createdAfter,
  finishedBefore: search.finishedBefore,
  startedAfter: search.startedAfter,
  startedBefore: search.startedBefore,
});

/** True for filters that hold back what the server listed: of those that are loaded. */
export const isLocal = (search: RunsSearch): boolean =>
  search.min !== undefined || search.max !== undefined || search.archived !== undefined;
