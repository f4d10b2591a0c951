/** The address of the runs list: every filter is in it, under Argo's own names where it has one. */
import { type RawSearch, many, one } from "../../app/search";

export interface RunsSearch {
  phase?: string[] | undefined;
  label?: string[] | undefined;
  /** A part of the name. */
  text?: string | undefined;
  createdAfter?: string | undefined;
  finishedBefore?: string | undefined;
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
  return search;
}

/** The label selector that the filters mean. */
export function labelSelector(search: RunsSearch): string {
  const parts = [...(search.label ?? [])];
  if (search.phase?.length) parts.push(`workflows.argoproj.io/phase in (${search.phase.join(",")})`);
  return parts.join(",");
}
