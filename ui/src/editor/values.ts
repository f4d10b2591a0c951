/** What a manifest's values may be: choices of a field, names of templates, variables; pure. */
import type { Option } from "./codemirror";
import { pathAt } from "./path";
import { templateNames } from "./sections";

/** Fields whose values are few, by the last keys of their path. */
const KNOWN: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^apiVersion$/, ["argoproj.io/v1alpha1"]],
  [/^kind$/, ["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"]],
  [/concurrencyPolicy$/, ["Allow", "Forbid", "Replace"]],
  [/imagePullPolicy$/, ["IfNotPresent", "Always", "Never"]],
  [/retryStrategy\.retryPolicy$/, ["Always", "OnFailure", "OnError", "OnTransientError"]],
  [/podGC\.strategy$/, ["OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"]],
  [/artifactGC\.strategy$/, ["OnWorkflowCompletion", "OnWorkflowDeletion", "Never"]],
];
const TEMPLATES = /^(template|entrypoint|onExit)$/;
const WORKFLOW = ["name", "namespace", "uid", "serviceAccountName", "status", "failures", "duration"];
const LOOP = ["item", "pod.name", "node.name", "retries", "lastRetry.exitCode"];

/** Values of the field at a path, its key last; fields that the schema calls boolean are `true` or `false`. */
export function valuesOf(text: string, path: readonly string[], type: string): Option[] {
  const key = path.at(-1) ?? "";
  const full = path.join(".");
  const values = TEMPLATES.test(key)
    ? templateNames(text)
    : (KNOWN.find(([field]) => field.test(full))?.[1] ?? (type === "boolean" ? ["true", "false"] : []));
  return values.map((label) => ({ label }));
}

/** No more names than this are looked at: each costs a walk through the text. */
const MOST = 300;

/** What may stand between double braces: names that the text has, and what every run has. */
export function variablesOf(text: string): Option[] {
  const found = new Set([...WORKFLOW.map((name) => `workflow.${name}`), ...LOOP]);
  let left = MOST;
  for (const match of text.matchAll(/(?:^|[\s{])name: *["']?([\w-]+)/g)) {
    if (left-- === 0) break;
    const name = match[1] ?? "";
    const path = pathAt(text, match.index + match[0].indexOf("name"));
    const [parent = "", above = ""] = [path.at(-1), path.at(-2)];
    if (parent === "parameters" || parent === "artifacts") {
      if (above === "inputs") found.add(`inputs.${parent}.${name}`);
      if (above === "arguments" && path.at(-3) === "spec") found.add(`workflow.${parent}.${name}`);
    } else if (parent === "tasks" || parent === "steps")
      for (const end of ["outputs.result", "outputs.parameters.", "status", "exitCode"])
        found.add(`${parent}.${name}.${end}`);
  }
  return [...found].map((label) => ({ label }));
}
