/** What refers to a template; pure. */
import type { CronWorkflow, WorkflowSpec, WorkflowTemplate } from "../../api/types";
import type { Binding } from "../../api/events";

export interface User {
  kind: "schedule" | "template" | "cluster template" | "event binding";
  name: string;
}

interface Reference {
  name?: string;
  clusterScope?: boolean;
}

/** Who starts a template or takes a part of it. */
export function usersOf(
  name: string,
  cluster: boolean,
  all: {
    crons: readonly CronWorkflow[];
    templates: readonly WorkflowTemplate[];
    clusterTemplates: readonly WorkflowTemplate[];
    bindings: readonly Binding[];
  },
): User[] {
  const meant = (reference: Reference | undefined): boolean =>
    reference?.name === name && (reference.clusterScope ?? false) === cluster;
  const uses = (spec: WorkflowSpec | undefined): boolean => referencesIn(spec).some(meant);
  const named = (kind: User["kind"], { metadata }: { metadata?: { name?: string } }): User => ({
    kind,
    name: metadata?.name ?? "",
  });
  return [
    ...all.crons.filter(({ spec }) => uses(spec?.workflowSpec)).map((each) => named("schedule", each)),
    ...all.templates.filter(({ spec }) => uses(spec)).map((each) => named("template", each)),
    ...all.clusterTemplates.filter(({ spec }) => uses(spec)).map((each) => named("cluster template", each)),
    ...all.bindings
      .filter(({ spec }) => meant(spec?.submit?.workflowTemplateRef))
      .map((each) => named("event binding", each)),
  ];
}

/** The templates that a spec refers to, as a whole or in a step or task. */
function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "templateRef" || key === "workflowTemplateRef" ? [inner as Reference] : referencesIn(inner),
  );
}
