/** Steps and tasks that a run will come to, from its stored spec: drawn grey until they are nodes.  Pure. */
import type { Workflow } from "../../api/types";
import { loopName } from "./helper-nodes";
import type { Link, RunModel } from "./model";
import { stepsOf, templateOf } from "./templates";

export interface Planned {
  id: string;
  name: string;
  parent: string;
}

export interface Plan {
  nodes: Planned[];
  links: Link[];
}

/** What is planned inside the groups that run; a run that is over has no plan any more. */
export function planOf(run: Workflow, model: RunModel): Plan {
  const plan: Plan = { nodes: [], links: [] };
  if (run.status?.finishedAt) return plan;
  for (const node of model.nodes.values()) {
    // Before the first step has started, the run's own node waits.
    const goesOn = node.phase === "Running" || (node.phase === "Pending" && node.id === model.root);
    if (!goesOn || (node.status.type !== "DAG" && node.status.type !== "Steps")) continue;
    const template = templateOf(run, node.status);
    const known = new Map<string, string[]>();
    for (const id of node.inside) {
      const child = model.nodes.get(id);
      if (!child) continue;
      const name =
        child.kind === "loop" ? child.name.replace(/ ×\d+$/, "") : (loopName(child.name) ?? child.name);
      known.set(name, [...(known.get(name) ?? []), id]);
    }
    const ids = (name: string): string[] => known.get(name) ?? [`plan:${node.id}:${name}`];
    const add = (name: string, before: string[]): void => {
      if (known.has(name)) return;
      const [id = ""] = ids(name);
      plan.nodes.push({ id, name, parent: node.id });
      for (const other of before) for (const from of ids(other)) plan.links.push({ from, to: id });
    };
    for (const task of template?.dag?.tasks ?? [])
      add(task.name ?? "", task.dependencies ?? namesIn(task.depends ?? ""));
    let before: string[] = [];
    for (const group of template?.steps ?? []) {
      const names = stepsOf(group).map((step) => step.name ?? "");
      for (const name of names) add(name, before);
      before = names;
    }
  }
  return plan;
}

/** The tasks that a `depends` names: `a.Succeeded && !b` has a and b. */
export function namesIn(depends: string): string[] {
  return [...new Set([...depends.matchAll(/([\w-]+)(?:\.\w+)?/g)].map((match) => match[1] ?? ""))];
}
