/** A run as it was at a moment, and what happened when; pure. */
import { hasFailed } from "../../api/phases";
import type { NodeStatus, Workflow } from "../../api/types";
import type { RunEvent } from "../../api/workflows";

/** The run at a moment: nodes that had not begun are away, those that had not ended run. */
export function runAt(run: Workflow, moment: number): Workflow {
  const nodes: Record<string, NodeStatus> = {};
  for (const [id, node] of Object.entries(run.status?.nodes ?? {})) {
    const begun = node.startedAt ? Date.parse(node.startedAt) : NaN;
    if (!(begun <= moment)) continue;
    if (!node.finishedAt || Date.parse(node.finishedAt) <= moment) nodes[id] = node;
    else {
      const { finishedAt: _end, message: _message, outputs: _outputs, ...before } = node;
      nodes[id] = { ...before, phase: "Running" };
    }
  }
  const { status = {} } = run;
  if (!status.finishedAt || Date.parse(status.finishedAt) <= moment)
    return { ...run, status: { ...status, nodes } };
  const { finishedAt: _end, message: _message, ...before } = status;
  return { ...run, status: { ...before, phase: "Running", nodes } };
}

export interface Happening {
  at: number;
  reason: string;
  text: string;
  bad: boolean;
  node?: string | undefined;
}

/** What the server told, or what the nodes themselves say where it tells nothing; oldest first. */
export function happeningsOf(run: Workflow, events: readonly RunEvent[]): Happening[] {
  const told = events.map((event): Happening => ({
    at: Date.parse(event.firstTimestamp ?? ""),
    reason: event.reason ?? "",
    text: event.message ?? "",
    bad: event.type === "Warning",
    node: event.metadata?.annotations?.["workflows.argoproj.io/node-id"],
  }));
  const found = told.length > 0 ? told : Object.values(run.status?.nodes ?? {}).flatMap(ofNode);
  return found.filter((each) => !Number.isNaN(each.at)).sort((a, b) => a.at - b.at);
}

function ofNode(node: NodeStatus): Happening[] {
  const name = node.displayName ?? node.name ?? "";
  const found: Happening[] = [];
  if (node.startedAt)
    found.push({ at: Date.parse(node.startedAt), reason: "started", text: name, bad: false, node: node.id });
  if (node.finishedAt)
    found.push({
      at: Date.parse(node.finishedAt),
      reason: (node.phase ?? "ended").toLowerCase(),
      text: node.message ? `${name}: ${node.message}` : name,
      bad: hasFailed(node.phase),
      node: node.id,
    });
  return found;
}
