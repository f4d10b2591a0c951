/** What a planned retry does, put onto the nodes of a page; pure. */
import type { PlannedNode } from "../../api/workflows";
import type { Mark } from "../run/context";
import type { RunModel } from "../run/model";

export interface PlanView {
  /** Steps that run again, by the names that people know them by. */
  again: PlannedNode[];
  /** Steps that may run for the first time. */
  fresh: PlannedNode[];
  kept: number;
  marks: ReadonlyMap<string, Mark>;
}

const LEAVES = new Set(["Pod", "HTTP", "Plugin", "Suspend", "Skipped"]);

export function viewOf(plan: readonly PlannedNode[], model: RunModel): PlanView {
  const actions = new Map(plan.map((node) => [node.name, node.action]));
  const marks = new Map<string, Mark>();
  const markOf = (id: string): Mark | undefined => {
    const node = model.nodes.get(id);
    if (!node) return undefined;
    const inner = node.inside.map(markOf);
    let mark: Mark | undefined;
    if (node.inside.length > 0) mark = inner.includes("again") ? "again" : "keep";
    else {
      const own = [node.status, ...node.attempts].map((status) => actions.get(status.name ?? ""));
      // A step with attempts is reset while its attempts are taken away: both mean that it runs again.
      mark = own.some((action) => action !== undefined && action !== "keep") ? "again" : "keep";
    }
    marks.set(id, mark);
    return mark;
  };
  for (const node of model.nodes.values()) if (node.parent === null) markOf(node.id);
  return {
    again: plan.filter((node) => node.action === "rerun" && LEAVES.has(node.type)),
    fresh: plan.filter((node) => node.action === "new"),
    kept: plan.filter((node) => node.action === "keep" && LEAVES.has(node.type)).length,
    marks,
  };
}
