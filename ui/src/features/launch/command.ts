import type { SubmitKind } from "../../api/workflows";

const SHORT: Record<SubmitKind, string> = {
  WorkflowTemplate: "workflowtemplate",
  ClusterWorkflowTemplate: "clusterworkflowtemplate",
  CronWorkflow: "cronworkflow",
};

/** A word as a shell takes it literally. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that starts the same run. */
export function commandOf(
  namespace: string,
  kind: SubmitKind,
  name: string,
  parameters: readonly string[],
  labels: string,
): string {
  const words = ["tiphys", "submit", "-n", namespace, "--from", `${SHORT[kind]}/${name}`];
  for (const parameter of parameters) words.push("-p", parameter);
  if (labels) words.push("-l", labels);
  return words.map(quoted).join(" ");
}
