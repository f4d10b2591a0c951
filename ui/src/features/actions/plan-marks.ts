/** What a planned retry does, put onto the nodes of a page; pure. */
import type { PlannedNode } from "../../api/workflows";
import type { Mark } from "../run/context";
import type { RunModel, RunNode } from "../run/model";

export interface PlanView {
  /** Steps that run again; attempts count as one step. */
  again: RunNode[];
  /** Names of steps that were skipped or never began, and may run now. */
  fresh: string[];
  kept: number;
  marks: ReadonlyMap<string, Mark>;
}

export function viewOf(plan: readonly PlannedNode[], model: RunModel): PlanView {
  const actions = new Map(plan.map((node) => [node.name, node.action]));
  const marks = new Map<string, Mark>();
  const view: PlanView = { again: [], fresh: [], kept: 0, marks };
  const leaf = (node: RunNode): Mark => {
    const own = [node.status, ...node.attempts].map((status) => actions.get(status.name ?? ""));
    if (own.includes("rerun")) view.again.push(node);
    else if (own.includes("remove")) view.fresh.push(node.name);
    else if (!own.includes("reset")) {
      view.kept++;
      return "keep";
    }
    return "again";
  };
  const markOf = (id: string): Mark | undefined => {
    const node = model.nodes.get(id);
    if (!node) return undefined;
    const inner = node.inside.map(markOf);
    const mark = node.inside.length === 0 ? leaf(node) : inner.includes("again") ? "again" : "keep";
    marks.set(id, mark);
    return mark;
  };
  for (const node of model.nodes.values()) if (node.parent === null) markOf(node.id);
  view.fresh.push(...plan.filter((node) => node.action === "new").map((node) => node.displayName));
  return view;
}
