/** The chain of nodes that a run's end waited for; pure. */
import type { RunModel, RunNode } from "./model";

/** When a node ended; one that runs ends after all others. */
function endOf(node: RunNode): number {
  const { startedAt, finishedAt } = node.status;
  return finishedAt ? Date.parse(finishedAt) : startedAt ? Infinity : -Infinity;
}

/** Ids of the nodes on the critical path: from the last to end back along what each began after, inside groups too. */
export function criticalPath(model: RunModel): Set<string> {
  const before = new Map<string, string[]>();
  for (const link of model.links) {
    const list = before.get(link.to);
    if (list) list.push(link.from);
    else before.set(link.to, [link.from]);
  }
  const path = new Set<string>();
  const ends = new Map<string, number>();
  // A folded loop has no times of its own: it ends with its last item.
  const end = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const node = model.nodes.get(id);
    const found = !node
      ? -Infinity
      : node.kind === "loop"
        ? node.inside.reduce((last, each) => Math.max(last, end(each)), -Infinity)
        : endOf(node);
    ends.set(id, found);
    return found;
  };
  const last = (ids: readonly string[]): string | undefined => {
    let best: string | undefined;
    for (const id of ids) if (best === undefined || end(id) > end(best)) best = id;
    return best !== undefined && end(best) > -Infinity ? best : undefined;
  };
  const walk = (from: string | undefined): void => {
    for (let id = from; id !== undefined && !path.has(id); id = last(before.get(id) ?? [])) {
      path.add(id);
      walk(last(model.nodes.get(id)?.inside ?? []));
    }
  };
  walk(model.root ?? undefined);
  return path;
}
