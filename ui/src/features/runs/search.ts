/** The address of the runs list: every filter is in it, under Argo's own names where it has one. */
import { type Group, GROUPS } from "./lines";
import type { RunsQuery } from "../../api/workflows";
import { type RawSearch, many, one } from "../../app/search";

export interface RunsSearch {
  phase?: string[] | undefined;
  label?: string[] | undefined;
  /** A part of the name. */
  text?: string | undefined;
  createdAfter?: string | undefined;
  finishedBefore?: string | undefined;
  group?: Group | undefined;
  /** Only runs that took at least so many seconds; of those that are loaded. */
  min?: string | undefined;
  /** Only what the archive has, or only what it has not; of those that are loaded. */
  archived?: "yes" | "no" | undefined;
}

/** Read the search part of an address; what is malformed is left out. */
export function readRunsSearch(raw: RawSearch): RunsSearch {
  const search: RunsSearch = {};
  const phase = many(raw, "phase");
  const label = many(raw, "label");
  if (phase.length) search.phase = phase;
  if (label.length) search.label = label;
  const text = one(raw, "text") ?? one(raw, "Contains") ?? one(raw, "Prefix") ?? one(raw, "Exact");
  if (text) search.text = text;
  for (const name of ["createdAfter", "finishedBefore"] as const) {
    const value = one(raw, name);
    if (value && !Number.isNaN(Date.parse(value))) search[name] = value;
  }
  const group = GROUPS.find((each) => each === one(raw, "group"));
  if (group) search.group = group;
  const min = one(raw, "min");
  if (min && /^\d+$/.test(min)) search.min = min;
  const archived = one(raw, "archived");
  if (archived === "yes" || archived === "no") search.archived = archived;
  return search;
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
  text: search.text,
  createdAfter: search.createdAfter,
  finishedBefore: search.finishedBefore,
});

/** True for filters that hold back what the server listed: of those that are loaded. */
export const isLocal = (search: RunsSearch): boolean =>
  search.min !== undefined || search.archived !== undefined;
