/** A run that has no nodes yet, as if its first one waited: then its plan can be shown.  Pure. */
import { isOver } from "../../api/phases";
import type { NodeStatus, Workflow } from "../../api/types";
import { templateOf } from "./templates";

/** The run itself once it has nodes, when it is over, or where its entrypoint is not known. */
export function withFirstNode(run: Workflow): Workflow {
  const { name = "" } = run.metadata ?? {};
  if (isOver(run.status?.phase) || Object.keys(run.status?.nodes ?? {}).length > 0) return run;
  const templateName = run.status?.storedWorkflowTemplateSpec?.entrypoint ?? run.spec?.entrypoint;
  const template = templateName ? templateOf(run, { templateName }) : undefined;
  if (!template) return run;
  const first: NodeStatus = {
    id: name,
    name,
    displayName: name,
    templateName: template.name ?? "",
    type: template.dag ? "DAG" : template.steps ? "Steps" : "Pod",
    phase: "Pending",
  };
  return { ...run, status: { ...run.status, nodes: { [name]: first } } };
}
