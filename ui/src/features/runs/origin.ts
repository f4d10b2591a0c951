/** Where a run came from, by its labels. */
import type { Workflow } from "../../api/types";

export interface Origin {
  kind: "backfill" | "template" | "cluster template" | "schedule" | "event" | "run";
  name: string;
  label: string;
}

/** Which label says so; those further up say it better. */
export const ORIGIN_LABELS = {
  schedule: "workflows.argoproj.io/cron-workflow",
  backfill: "workflows.argoproj.io/backfill",
  event: "workflows.argoproj.io/workflow-event-binding",
  template: "workflows.argoproj.io/workflow-template",
  "cluster template": "workflows.argoproj.io/cluster-workflow-template",
  run: "workflows.argoproj.io/resubmitted-from-workflow",
} as const satisfies Record<Origin["kind"], string>;

/** What chooses the runs of the same origin; empty for those that were started by hand. */
export function siblingsOf(run: Workflow): string {
  const origin = originOf(run);
  return origin ? `${origin.label}=${origin.name}` : "";
}

export function originOf(run: Workflow): Origin | null {
  return originsOf(run)[0] ?? null;
}

/** All that a run came from: one that a schedule made may also have a template. */
export function originsOf(run: Workflow): Origin[] {
  return (Object.keys(ORIGIN_LABELS) as Origin["kind"][]).flatMap((kind) => {
    const label = ORIGIN_LABELS[kind];
    const name = run.metadata?.labels?.[label];
    return name ? [{ kind, name, label }] : [];
  });
}

/** The schedule of a run, also of one that a backfill made: that one's name begins with it. */
export function scheduleOf(run: Workflow): string | undefined {
  const { labels = {}, name = "" } = run.metadata ?? {};
  const backfill = labels[ORIGIN_LABELS.backfill];
  const end = backfill === undefined ? -1 : name.lastIndexOf(`-backfill-${backfill}-`);
  return labels[ORIGIN_LABELS.schedule] ?? (end > 0 ? name.slice(0, end) : undefined);
}

/** What a list says of it: of a backfill, whose. */
export function originText(run: Workflow): string {
  const origin = originOf(run);
  if (origin?.kind !== "backfill") return origin?.name ?? "";
  return `${scheduleOf(run) ?? origin.name} (backfill)`;
}

/** The template that a run was made from, by its reference or its labels. */
export function templateNamed(run: Workflow): { name: string; cluster: boolean } | null {
  const reference = run.spec?.workflowTemplateRef;
  if (reference?.name) return { name: reference.name, cluster: reference.clusterScope === true };
  const found = originsOf(run).find(({ kind }) => kind === "template" || kind === "cluster template");
  return found ? { name: found.name, cluster: found.kind === "cluster template" } : null;
}

const CREATOR = "workflows.argoproj.io/creator";

/** Who started a run, as people are called; undefined when the server did not say. */
export function creatorOf(run: Workflow): string | undefined {
  const labels = run.metadata?.labels ?? {};
  return labels[`${CREATOR}-preferred-username`] ?? labels[`${CREATOR}-email`] ?? labels[CREATOR];
}
