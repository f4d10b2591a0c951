/** What a failed run failed of: failures that were neither retried away nor allowed; pure. */
import { hasFailed } from "../../api/phases";
import type { NodeStatus, Workflow } from "../../api/types";
import { isGroup, loopName, type Nodes } from "./helper-nodes";
import { stepsOf, templateOf } from "./templates";

/** The innermost of the nodes whose failure made the run fail, in the order of their end. */
export function causesOf(run: Workflow, all: Nodes, attemptOf: ReadonlyMap<string, string>): NodeStatus[] {
  const matters = mattering(run, all, attemptOf);
  const found = new Map<string, NodeStatus>();
  for (const [id, status] of all) if (!isGroup(status) && matters(id)) found.set(id, status);
  const holders = new Set<string>();
  for (const [id, status] of found) {
    const holder = attemptOf.get(id) ?? status.boundaryID;
    if (holder !== undefined) holders.add(holder);
    // A container of a set that never began, because one before it failed.
    if (status.type === "Container") for (const child of status.children ?? []) holders.add(child);
  }
  return [...found.values()]
    .filter((status) => !holders.has(status.id ?? ""))
    .sort((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? ""));
}

/** Tells whether a node failed, and with it all that it is in. */
function mattering(
  run: Workflow,
  all: Nodes,
  attemptOf: ReadonlyMap<string, string>,
): (id: string) => boolean {
  const last = new Map([...attemptOf].map(([id, holder]) => [holder, id]));
  const allowed = allowing(run, all);
  const known = new Map<string, boolean>();
  const ask = (id: string): boolean => {
    const status = all.get(id);
    if (!status || !hasFailed(status.phase)) return false;
    const holder = attemptOf.get(id);
    if (holder !== undefined) return last.get(holder) === id && matters(holder);
    const boundary = status.boundaryID;
    if (boundary === undefined || !all.has(boundary)) return true;
    return !allowed(status, boundary) && matters(boundary);
  };
  const matters = (id: string): boolean => {
    const before = known.get(id);
    if (before !== undefined) return before;
    // A status that goes in circles is not followed for ever.
    known.set(id, false);
    const answer = ask(id);
    known.set(id, answer);
    return answer;
  };
  return matters;
}

interface Step {
  name?: string;
  continueOn?: { failed?: boolean; error?: boolean };
}

/** Tells whether a step or task may fail: `continueOn` in the template of its boundary. */
function allowing(run: Workflow, all: Nodes): (status: NodeStatus, boundary: string) => boolean {
  const known = new Map<string, ReadonlyMap<string, Step>>();
  const stepsIn = (boundary: string): ReadonlyMap<string, Step> => {
    const before = known.get(boundary);
    if (before) return before;
    const template = templateOf(run, all.get(boundary) ?? {});
    const steps: Step[] = [...(template?.dag?.tasks ?? []), ...(template?.steps ?? []).flatMap(stepsOf)];
    const found = new Map(steps.map((step) => [step.name ?? "", step]));
    known.set(boundary, found);
    return found;
  };
  return ({ displayName = "", phase }, boundary) => {
    const { continueOn } = stepsIn(boundary).get(loopName(displayName) ?? displayName) ?? {};
    return (phase === "Error" ? continueOn?.error : continueOn?.failed) === true;
  };
}
