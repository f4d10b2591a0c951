/** Nodes that only stand behind others: groups of steps or tasks, and attempts.  Pure. */
import type { NodeStatus } from "../../api/types";

export type Nodes = ReadonlyMap<string, NodeStatus>;

export function isGroup(status: NodeStatus): boolean {
  return status.type === "StepGroup" || status.type === "TaskGroup";
}

/** Attempts, each with the step that it is an attempt of. */
export function attemptsOf(all: Nodes): Map<string, string> {
  const found = new Map<string, string>();
  for (const [id, status] of all) {
    if (status.type !== "Retry") continue;
    for (const child of status.children ?? []) {
      const other = all.get(child);
      if (other?.name?.startsWith(`${status.name ?? ""}(`)) found.set(child, id);
    }
  }
  return found;
}

/** The name of a loop's item without the item: `load` of `load(3:eu)`; null for what is no item. */
export function loopName(name: string): string | null {
  const match = /^(.*?)\(\d+(?::.*)?\)$/s.exec(name);
  return match?.[1] ?? null;
}
