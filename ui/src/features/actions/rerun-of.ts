/** Which steps a retry runs again, as far as the page knows; the server decides.  Pure. */
import type { RunModel, RunNode } from "../run/model";

const FAILED = new Set(["Failed", "Error"]);

/** Leaf steps that failed; with `from` that node, what is in it, and all that comes after it. */
export function rerunOf(model: RunModel, from?: string): RunNode[] {
  const leaves = [...model.nodes.values()].filter((node) => node.kind === "node" && node.inside.length === 0);
  if (from === undefined) return leaves.filter((node) => FAILED.has(node.phase));
  const after = new Map<string, string[]>();
  for (const link of model.links) {
    const next = after.get(link.from);
    if (next) next.push(link.to);
    else after.set(link.from, [link.to]);
  }
  const again = new Set<string>();
  const queue = [from];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (again.has(id)) continue;
    again.add(id);
    queue.push(...(after.get(id) ?? []), ...(model.nodes.get(id)?.inside ?? []));
    const parent = model.nodes.get(id)?.parent;
    // What follows a boundary follows everything in it.
    if (parent) queue.push(...(after.get(parent) ?? []));
  }
  return leaves.filter((node) => again.has(node.id) || FAILED.has(node.phase));
}
