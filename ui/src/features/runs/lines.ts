/** The list of runs as lines: under headings when it is grouped.  Pure. */
import { hasFailed } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { groupedBy } from "./group";
import { originOf } from "./origin";

export type Line = { run: Workflow } | { heading: string; count: number; failed: number };

export const GROUPS = ["from", "phase", "day"] as const;
export type Group = (typeof GROUPS)[number];

const NAMES: Record<Group, (run: Workflow) => string> = {
  from: (run) => {
    const origin = originOf(run);
    return origin ? `${origin.kind} ${origin.name}` : "started by hand";
  },
  phase: (run) => run.status?.phase ?? "Pending",
  day: (run) => (run.status?.startedAt ?? run.metadata?.creationTimestamp ?? "").slice(0, 10),
};

/** Groups stand in the order of their newest run. */
export function linesOf(runs: readonly Workflow[], group: Group | undefined): Line[] {
  if (!group) return runs.map((run) => ({ run }));
  return [...groupedBy(runs, NAMES[group])].flatMap(([heading, items]): Line[] => [
    {
      heading,
      count: items.length,
      failed: items.filter((run) => hasFailed(run.status?.phase)).length,
    },
    ...items.map((run) => ({ run })),
  ]);
}
