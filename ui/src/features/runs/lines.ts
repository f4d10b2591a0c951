/** The list of runs as lines: under headings when it is grouped.  Pure. */
import { hasFailed } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { groupedBy } from "./group";
import { originOf } from "./origin";

export type Line = { run: Workflow } | { heading: string; count: number; failed: number };

export const GROUPS = ["from", "phase", "day"] as const;
/** By one of these, or by the value of a label. */
export type Group = (typeof GROUPS)[number] | `label:${string}`;

/** The group that a text names: `day`, `label:team`. */
export function groupNamed(text: string | undefined): Group | undefined {
  if (text === undefined) return undefined;
  if (/^label:[\w./-]+$/.test(text)) return text as Group;
  return GROUPS.find((each) => each === text);
}

const NAMES: Record<(typeof GROUPS)[number], (run: Workflow) => string> = {
  from: (run) => {
    const origin = originOf(run);
    return origin ? `${origin.kind} ${origin.name}` : "started by hand";
  },
  phase: (run) => run.status?.phase ?? "Pending",
  day: (run) => (run.status?.startedAt ?? run.metadata?.creationTimestamp ?? "").slice(0, 10),
};

function headingOf(group: Group): (run: Workflow) => string {
  const known = GROUPS.find((each) => each === group);
  if (known) return NAMES[known];
  const label = group.replace(/^label:/, "");
  return (run) => {
    const value = run.metadata?.labels?.[label];
    return value === undefined ? `without ${label}` : `${label}=${value}`;
  };
}

/** Groups stand in the order of their newest run. */
export function linesOf(runs: readonly Workflow[], group: Group | undefined): Line[] {
  if (!group) return runs.map((run) => ({ run }));
  return [...groupedBy(runs, headingOf(group))].flatMap(([heading, items]): Line[] => [
    {
      heading,
      count: items.length,
      failed: items.filter((run) => hasFailed(run.status?.phase)).length,
    },
    ...items.map((run) => ({ run })),
  ]);
}
