/** Where a run came from, by its labels. */
import type { Workflow } from "../../api/types";

export interface Origin {
  kind: "backfill" | "template" | "cluster template" | "schedule" | "event" | "run";
  name: string;
  label: string;
}

const LABELS: [string, Origin["kind"]][] = [
  ["workflows.argoproj.io/cron-workflow", "schedule"],
  ["workflows.argoproj.io/backfill", "backfill"],
  ["workflows.argoproj.io/workflow-event-binding", "event"],
  ["workflows.argoproj.io/workflow-template", "template"],
  ["workflows.argoproj.io/cluster-workflow-template", "cluster template"],
  ["workflows.argoproj.io/resubmitted-from-workflow", "run"],
];

/** What chooses the runs of the same origin; empty for those that were started by hand. */
export function siblingsOf(run: Workflow): string {
  const origin = originOf(run);
  return origin ? `${origin.label}=${origin.name}` : "";
}

export function originOf(run: Workflow): Origin | null {
  for (const [label, kind] of LABELS) {
    const name = run.metadata?.labels?.[label];
    if (name) return { kind, name, label };
  }
  return null;
}
