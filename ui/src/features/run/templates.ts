/** The template that a node was made from, in what the run has stored of it; pure. */
import type { NodeStatus, Template, Workflow, WorkflowSpec } from "../../api/types";

/** All that a run knows of its own spec: its own, or the one stored from the template that it refers to. */
function specOf(run: Workflow): WorkflowSpec {
  return run.status?.storedWorkflowTemplateSpec ?? run.spec ?? {};
}

export function templateOf(run: Workflow, status: NodeStatus): Template | undefined {
  const reference = status.templateRef;
  const stored = run.status?.storedTemplates ?? {};
  if (reference) {
    const scope = reference.clusterScope ? "cluster" : "namespaced";
    const found = stored[`${scope}/${reference.name ?? ""}/${reference.template ?? ""}`];
    if (found) return found;
  }
  const name = status.templateName ?? reference?.template;
  const own = [specOf(run), run.spec ?? {}].flatMap((spec) => spec.templates ?? []);
  return (
    own.find((template) => template.name === name) ??
    Object.entries(stored).find(([key]) => name !== undefined && key.endsWith(`/${name}`))?.[1]
  );
}

interface Named {
  name?: string;
}

/** A group of steps, whether the schema wraps it or not. */
export function stepsOf(group: unknown): Named[] {
  if (Array.isArray(group)) return group as Named[];
  const wrapped = (group as { steps?: unknown } | null)?.steps;
  return Array.isArray(wrapped) ? (wrapped as Named[]) : [];
}
