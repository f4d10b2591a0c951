/** The address of the runs list: every filter is in it, under Argo's own names where it has one. */

export interface RunsSearch {
  phase?: string[];
  label?: string[];
  text?: string;
  createdAfter?: string;
  finishedBefore?: string;
}

/** Read the search part of an address; what is malformed is left out. */
export function readRunsSearch(raw: Record<string, unknown>): RunsSearch {
  const search: RunsSearch = {};
  const phase = texts(raw["phase"]);
  const label = texts(raw["label"]);
  if (phase.length) search.phase = phase;
  if (label.length) search.label = label;
  for (const name of ["text", "createdAfter", "finishedBefore"] as const) {
    const value = raw[name];
    if (typeof value === "string" && value) search[name] = value;
  }
  return search;
}

function texts(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return items.filter((item): item is string => typeof item === "string" && item !== "");
}

/** The label selector that the filters mean. */
export function labelSelector(search: RunsSearch): string {
  const parts = [...(search.label ?? [])];
  if (search.phase?.length) parts.push(`workflows.argoproj.io/phase in (${search.phase.join(",")})`);
  return parts.join(",");
}
