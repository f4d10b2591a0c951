/** The same start in other words: a command, a request, Hera's Python, an address; pure. */
import type { SubmitKind, SubmitOptions } from "../../api/workflows";
import { FILLED } from "./search";

export interface Start {
  namespace: string;
  kind: SubmitKind;
  name: string;
  options: SubmitOptions;
}

const SHORT: Record<SubmitKind, string> = {
  WorkflowTemplate: "workflowtemplate",
  ClusterWorkflowTemplate: "clusterworkflowtemplate",
  CronWorkflow: "cronworkflow",
};
const SEARCH: Record<SubmitKind, string> = {
  WorkflowTemplate: "template",
  ClusterWorkflowTemplate: "cluster",
  CronWorkflow: "cron",
};

/** A word as a shell takes it literally. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that starts the same run. */
export function commandOf({ namespace, kind, name, options }: Start): string {
  const words = ["tiphys", "submit", "-n", namespace, "--from", `${SHORT[kind]}/${name}`];
  for (const parameter of options.parameters ?? []) words.push("-p", parameter);
  const more: [string, string | number | undefined][] = [
    ["-l", options.labels],
    ["--entrypoint", options.entryPoint],
    ["--generate-name", options.generateName],
    ["--serviceaccount", options.serviceAccount],
    ["--priority", options.priority],
  ];
  for (const [flag, value] of more) if (value !== undefined) words.push(flag, String(value));
  return words.map(quoted).join(" ");
}

/** The request that starts the same run; the token is the reader's: `Bearer …`, as Argo's variable has it. */
export function curlOf(base: string, { namespace, kind, name, options }: Start): string {
  const body = { resourceKind: kind, resourceName: name, submitOptions: options };
  return [
    `curl -X POST ${quoted(`${base}api/v1/workflows/${encodeURIComponent(namespace)}/submit`)}`,
    `-H "Authorization: $ARGO_TOKEN"`,
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(" \\\n  ");
}

/** The same in Python, with Hera. */
export function heraOf(base: string, { namespace, kind, name, options }: Start): string {
  const pairs = (options.parameters ?? []).map((each) => {
    const at = each.indexOf("=");
    return `${JSON.stringify(each.slice(0, at))}: ${JSON.stringify(each.slice(at + 1))}`;
  });
  const reference = kind === "ClusterWorkflowTemplate" ? ", cluster_scope=True" : "";
  return [
    "import os",
    "from hera.workflows import Workflow, WorkflowsService",
    "from hera.workflows.models import WorkflowTemplateRef",
    "",
    "Workflow(",
    `    generate_name=${JSON.stringify(options.generateName ?? `${name}-`)},`,
    `    namespace=${JSON.stringify(namespace)},`,
    `    workflow_template_ref=WorkflowTemplateRef(name=${JSON.stringify(name)}${reference}),`,
    ...labelsInPython(options.labels),
    ...(options.serviceAccount
      ? [`    service_account_name=${JSON.stringify(options.serviceAccount)},`]
      : []),
    ...(options.priority === undefined ? [] : [`    priority=${options.priority},`]),
    ...(options.entryPoint ? [`    entrypoint=${JSON.stringify(options.entryPoint)},`] : []),
    ...(pairs.length ? [`    arguments={${pairs.join(", ")}},`] : []),
    `    workflows_service=WorkflowsService(host=${JSON.stringify(base)}, token=os.environ["ARGO_TOKEN"]),`,
    ").create()",
  ].join("\n");
}

function labelsInPython(labels = ""): string[] {
  const pairs = labels.split(",").flatMap((each) => {
    const [key = "", value = ""] = each.trim().split("=", 2);
    return key ? [`${JSON.stringify(key)}: ${JSON.stringify(value)}`] : [];
  });
  return pairs.length ? [`    labels={${pairs.join(", ")}},`] : [];
}

/** The address of this form, filled in; it works in Argo's UI too, for templates. */
export function addressOf(base: string, { namespace, kind, name, options }: Start): string {
  const search = new URLSearchParams({ sidePanel: "submit-new-workflow", [SEARCH[kind]]: name });
  for (const each of options.parameters ?? []) {
    const at = each.indexOf("=");
    search.append(`parameters[${each.slice(0, at)}]`, each.slice(at + 1));
  }
  for (const each of FILLED) {
    const value = options[each];
    if (value !== undefined) search.append(each, String(value));
  }
  return `${base}workflows/${encodeURIComponent(namespace)}?${search.toString()}`;
}
