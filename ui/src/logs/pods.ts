/** Pods of a run's nodes, and what people call them; pure. */
import type { NodeStatus } from "../api/types";
import { podName } from "../api/workflows";
import type { RunModel } from "../features/run/model";

type Nodes = Readonly<Record<string, NodeStatus>>;

/** The pods of a node: its own, its attempts', and those of all that is inside it. */
export function podsOf(id: string, model: RunModel, run: string, all: Nodes): Set<string> {
  const found = new Set<string>();
  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const node = model.nodes.get(next);
    const single = node ? [node.status, ...node.attempts] : [all[next]];
    if (node?.kind !== "loop")
      for (const status of single) {
        // A container of a set is in the pod of its boundary.
        const pod = status?.type === "Container" ? all[status.boundaryID ?? ""] : status;
        if (pod?.type === "Pod") found.add(podName(run, pod));
      }
    queue.push(...(node?.inside ?? []));
  }
  return found;
}

/** The names of the nodes that pods belong to. */
export function podNames(run: string, all: Nodes): Map<string, string> {
  const found = new Map<string, string>();
  for (const status of Object.values(all))
    if (status.type === "Pod") found.set(podName(run, status), status.displayName ?? status.name ?? "");
  return found;
}
