/** A node's pod as links speak of it; pure. */
import type { NodeStatus, Workflow } from "../../api/types";
import { podName } from "../../api/workflows";

export function podOf(run: Workflow, node: NodeStatus): object {
  const { name = "", namespace } = run.metadata ?? {};
  return {
    metadata: { name: podName(name, node), namespace },
    status: { startedAt: node.startedAt, finishedAt: node.finishedAt },
    workflow: run,
  };
}
