/** A workflow before it runs, as the graph wants it: one node for each step and task that its spec names.  Pure. */
import type { NodeStatus, Template, Workflow, WorkflowSpec } from "../../api/types";
import { namesIn } from "../run/planned";

/** No more nodes than this are drawn: recursive templates have no end. */
const MOST = 300;
const DEEPEST = 6;

interface Call {
  name?: string;
  template?: string;
  templateRef?: { name?: string; template?: string; clusterScope?: boolean };
  dependencies?: string[];
  depends?: string;
  withItems?: unknown;
  withParam?: unknown;
  withSequence?: unknown;
}

/** The spec of another template. */
export type Lookup = (name: string, cluster: boolean) => WorkflowSpec | undefined;

/** A run that has not begun, with all that its entrypoint leads to; templates of others where `lookup` has them. */
export function previewOf(name: string, given: WorkflowSpec, lookup: Lookup = () => undefined): Workflow {
  const reference = given.workflowTemplateRef;
  const spec: WorkflowSpec = {
    ...(reference?.name ? lookup(reference.name, reference.clusterScope ?? false) : undefined),
    ...given,
  };
  const nodes: Record<string, NodeStatus> = {};
  let count = 0;
  const add = (call: Call, boundary: string | null, depth: number, here: WorkflowSpec): string => {
    const [owner, called] = ownerOf(call, here, lookup);
    const template = owner?.templates?.find((each) => each.name === called);
    const id = boundary === null ? name : `${boundary}/${call.name ?? String(count)}`;
    const loop = call.withItems ?? call.withParam ?? call.withSequence;
    count++;
    nodes[id] = {
      id,
      name: id,
      displayName: `${call.name ?? call.template ?? ""}${loop === undefined ? "" : " ×n"}`,
      type: template?.dag ? "DAG" : template?.steps ? "Steps" : template?.suspend ? "Suspend" : "Pod",
      phase: "Planned",
      templateName: call.template ?? call.templateRef?.template ?? "",
      children: [],
      ...(boundary === null ? {} : { boundaryID: boundary }),
    };
    if (owner && template && depth < DEEPEST) inside(template, id, depth + 1, owner);
    return id;
  };
  const link = (from: string, to: string): void => {
    nodes[from] = { ...nodes[from], children: [...(nodes[from]?.children ?? []), to] };
  };
  const inside = (template: Template, id: string, depth: number, owner: WorkflowSpec): void => {
    const ids = new Map<string, string>();
    const tasks: Call[] = template.dag?.tasks ?? [];
    for (const task of tasks) if (count < MOST) ids.set(task.name ?? "", add(task, id, depth, owner));
    for (const task of tasks)
      for (const before of task.dependencies ?? namesIn(task.depends ?? "")) {
        const [from, to] = [ids.get(before), ids.get(task.name ?? "")];
        if (from !== undefined && to !== undefined) link(from, to);
      }
    let last: string[] = [];
    for (const group of (template.steps ?? []) as unknown[]) {
      const calls = (Array.isArray(group) ? group : ((group as { steps?: unknown[] }).steps ?? [])) as Call[];
      const here = count < MOST ? calls.map((call) => add(call, id, depth, owner)) : [];
      for (const from of last) for (const to of here) link(from, to);
      if (here.length) last = here;
    }
  };
  if (spec.templates?.some((each) => each.name === spec.entrypoint))
    add({ name, template: spec.entrypoint ?? "" }, null, 0, spec);
  return { metadata: { name }, spec, status: { nodes, finishedAt: "never" } };
}

/** The spec that has the template which is called, and the template's name there. */
function ownerOf(call: Call, here: WorkflowSpec, lookup: Lookup): [WorkflowSpec | undefined, string] {
  const { name, template = "", clusterScope = false } = call.templateRef ?? {};
  return name ? [lookup(name, clusterScope), template] : [here, call.template ?? ""];
}
