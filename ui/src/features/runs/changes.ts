/** What a batch of changes does to a list of runs; pure. */
import type { WatchEvent, Workflow } from "../../api/types";

export interface Merged {
  items: Workflow[];
  /** Runs that are not in the list yet, newest first. */
  fresh: Workflow[];
}

const idOf = (run: Workflow): string => run.metadata?.uid ?? run.metadata?.name ?? "";

/** Rows change in place; what is new waits until it is asked for; what is gone or no longer matches leaves. */
export function merge(
  items: readonly Workflow[],
  fresh: readonly Workflow[],
  events: readonly WatchEvent<Workflow>[],
  matches: (run: Workflow) => boolean,
): Merged {
  const rows = new Map(items.map((run) => [idOf(run), run]));
  const waiting = new Map(fresh.map((run) => [idOf(run), run]));
  for (const { type, object } of events) {
    if (type === "BOOKMARK" || type === "ERROR") continue;
    const id = idOf(object);
    const home = rows.has(id) ? rows : waiting;
    if (type === "DELETED" || !matches(object)) home.delete(id);
    else home.set(id, object);
  }
  const born = (run: Workflow): string => run.metadata?.creationTimestamp ?? "";
  return {
    items: [...rows.values()],
    fresh: [...waiting.values()].sort((a, b) => born(b).localeCompare(born(a))),
  };
}
