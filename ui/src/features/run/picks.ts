/** Nodes that are chosen together, as an address has them: `nodes=a,b`; pure. */
import type { RunModel } from "./model";
import type { RunSearch } from "./search";

export const picksOf = (nodes: string | undefined): Set<string> => new Set(nodes?.split(",").filter(Boolean));

/** What an address says after a node was chosen with the others, or no longer is. */
export function flippedPick(nodes: string | undefined, id: string): string | undefined {
  const picks = picksOf(nodes);
  if (!picks.delete(id)) picks.add(id);
  return [...picks].join(",") || undefined;
}

/** What a click on a node chooses: it alone, or with Ctrl or Cmd also it. */
export const clicked = (
  event: { ctrlKey: boolean; metaKey: boolean },
  search: RunSearch,
  id: string,
): RunSearch => (event.ctrlKey || event.metaKey ? { nodes: flippedPick(search.nodes, id) } : { nodeId: id });

/** The nodes that the server is to run again: the items of a loop, the pod of a container; no unknown ones. */
export function nodesPicked(nodes: string | undefined, model: RunModel): string[] {
  const found = new Set<string>();
  for (const id of picksOf(nodes)) {
    const node = model.nodes.get(id);
    if (!node) continue;
    if (node.kind === "loop") for (const item of node.inside) found.add(item);
    else found.add(node.status.type === "Container" ? (node.parent ?? id) : id);
  }
  return [...found];
}
