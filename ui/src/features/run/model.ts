/**
 * From `status.nodes` to what people think in: steps inside boundaries, loops as one thing, attempts behind their step.
 *
 * Pure.  Helper nodes (StepGroup, TaskGroup, attempts of a Retry) are never shown as nodes of their own.
 */
import type { NodeStatus, Workflow } from "../../api/types";
import { type PhaseName, phaseName } from "../../components/phase";
import { causesOf } from "./causes";
import { attemptsOf, isGroup, loopName } from "./helper-nodes";

/** Loops and fan-outs with more items than this become one thing. */
const FOLD = 8;

export interface RunNode {
  id: string;
  /** What it is called: a step, a task, an item of a loop, or `name ×120` for a folded loop. */
  name: string;
  kind: "node" | "loop";
  phase: PhaseName;
  status: NodeStatus;
  /** The boundary or loop that it is shown in; null for the root. */
  parent: string | null;
  /** What is shown inside, in the order of starting. */
  inside: string[];
  /** Attempts of a step with a retry strategy, oldest first. */
  attempts: NodeStatus[];
  /** Numbers by phase of a loop's items. */
  counts: Partial<Record<PhaseName, number>>;
}

export interface Link {
  from: string;
  to: string;
}

export interface RunModel {
  root: string | null;
  nodes: ReadonlyMap<string, RunNode>;
  /** What follows what, between nodes that are shown side by side. */
  links: Link[];
  /** Nodes that failed and whose failure was neither retried away nor allowed, innermost only. */
  causes: NodeStatus[];
}

/** The model of a run; a run without nodes has an empty one. */
export function modelOf(workflow: Workflow): RunModel {
  const all = new Map(Object.entries(workflow.status?.nodes ?? {}));
  const attemptOf = attemptsOf(all);
  const shown = new Map<string, RunNode>();
  for (const [id, status] of all) {
    if (isGroup(status) || attemptOf.has(id)) continue;
    shown.set(id, {
      id,
      name: status.displayName ?? status.name ?? id,
      kind: "node",
      phase: phaseOf(status),
      status,
      parent: status.boundaryID !== undefined && all.has(status.boundaryID) ? status.boundaryID : null,
      inside: [],
      attempts: [],
      counts: {},
    });
  }
  for (const [id, holder] of attemptOf) {
    const status = all.get(id);
    if (status) shown.get(holder)?.attempts.push(status);
  }
  // A boundary may itself be an attempt: then its step stands for it.
  for (const node of shown.values()) {
    if (node.parent !== null) node.parent = attemptOf.get(node.parent) ?? node.parent;
  }
  foldLoops(shown);
  const found = links(all, shown, attemptOf);
  for (const node of inOrder(shown, found))
    if (node.parent !== null) shown.get(node.parent)?.inside.push(node.id);
  const name = workflow.metadata?.name ?? "";
  const root = shown.get(name);
  return {
    root: root ? name : null,
    nodes: shown,
    links: root ? [...found, ...exitLinks(root, shown, found)] : found,
    causes: causesOf(workflow, all, attemptOf),
  };
}

/** A suspended node that runs waits for a person. */
function phaseOf(status: NodeStatus): PhaseName {
  const phase = phaseName(status.phase);
  return status.type === "Suspend" && phase === "Running" ? "Suspended" : phase;
}

/** By start; of what started in the same second, what others follow comes first. */
function inOrder(shown: ReadonlyMap<string, RunNode>, links: readonly Link[]): RunNode[] {
  const start = (node: RunNode): string => node.status.startedAt ?? "~";
  const depths = depthsOf(links);
  const depth = (node: RunNode): number => depths.get(node.id) ?? 0;
  return [...shown.values()].sort(
    (a, b) =>
      start(a).localeCompare(start(b)) ||
      depth(a) - depth(b) ||
      a.name.localeCompare(b.name, "en", { numeric: true }),
  );
}

/** How many links lead to a node at most; nodes that nothing leads to are left out. */
function depthsOf(links: readonly Link[]): Map<string, number> {
  const next = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const { from, to } of links) {
    const others = next.get(from);
    if (others) others.push(to);
    else next.set(from, [to]);
    open.set(to, (open.get(to) ?? 0) + 1);
  }
  const depths = new Map<string, number>();
  const ready = [...next.keys()].filter((id) => !open.has(id));
  for (let id = ready.pop(); id !== undefined; id = ready.pop())
    for (const to of next.get(id) ?? []) {
      depths.set(to, Math.max(depths.get(to) ?? 0, (depths.get(id) ?? 0) + 1));
      const left = (open.get(to) ?? 1) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  return depths;
}

/** The run's exit handler has no boundary and follows nothing: it is shown after all that ends the run. */
function exitLinks(root: RunNode, shown: ReadonlyMap<string, RunNode>, links: readonly Link[]): Link[] {
  const handler = [...shown.values()].find((node) => node.status.name === `${root.status.name ?? ""}.onExit`);
  if (!handler) return [];
  const followed = new Set(links.map((link) => link.from));
  const last = root.inside.length > 0 ? root.inside.filter((id) => !followed.has(id)) : [root.id];
  return last.map((from) => ({ from, to: handler.id }));
}

function foldLoops(shown: Map<string, RunNode>): void {
  const groups = new Map<string, RunNode[]>();
  for (const node of shown.values()) {
    const base = loopName(node.name);
    if (base === null || node.parent === null) continue;
    const key = `${node.parent}\n${base}`;
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  for (const [key, items] of groups) {
    if (items.length <= FOLD) continue;
    const first = items[0];
    if (!first) continue;
    const [, base] = key.split("\n");
    const id = `loop:${first.parent ?? ""}:${base ?? ""}`;
    const counts: RunNode["counts"] = {};
    for (const item of items) counts[item.phase] = (counts[item.phase] ?? 0) + 1;
    const parent = first.parent;
    for (const item of items) item.parent = id;
    shown.set(id, {
      id,
      name: `${base ?? ""} ×${items.length}`,
      kind: "loop",
      phase: worst(counts),
      status: first.status,
      parent,
      inside: [],
      attempts: [],
      counts,
    });
  }
}

const ORDER: PhaseName[] = [
  "Error",
  "Failed",
  "Suspended",
  "Running",
  "Pending",
  "Succeeded",
  "Skipped",
  "Omitted",
];

/** The phase that a group of nodes is shown with: the first that needs attention. */
export function worst(counts: RunNode["counts"]): PhaseName {
  return ORDER.find((phase) => counts[phase]) ?? "Pending";
}

/** Links between nodes side by side, through helper nodes and out of nested boundaries. */
function links(
  all: ReadonlyMap<string, NodeStatus>,
  shown: ReadonlyMap<string, RunNode>,
  attemptOf: ReadonlyMap<string, string>,
): Link[] {
  const found = new Map<string, Link>();
  for (const [id, status] of all) {
    const source = shown.get(attemptOf.get(id) ?? id);
    if (!source) continue;
    for (const target of targets(status.children ?? [], all, attemptOf)) {
      const to = shown.get(target);
      if (!to) continue;
      // Side by side: climb on both sides until the two have the same parent.
      const pair = siblings(source, to, shown);
      if (pair) found.set(`${pair.from}\n${pair.to}`, pair);
    }
  }
  return [...found.values()];
}

function targets(
  children: readonly string[],
  all: ReadonlyMap<string, NodeStatus>,
  attemptOf: ReadonlyMap<string, string>,
): string[] {
  const found: string[] = [];
  const queue = [...children];
  const seen = new Set<string>();
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const status = all.get(id);
    if (!status) continue;
    if (isGroup(status)) queue.push(...(status.children ?? []));
    else found.push(attemptOf.get(id) ?? id);
  }
  return found;
}

function siblings(from: RunNode, to: RunNode, shown: ReadonlyMap<string, RunNode>): Link | null {
  const above = new Map<string | null, string>();
  for (
    let node: RunNode | undefined = from;
    node;
    node = node.parent === null ? undefined : shown.get(node.parent)
  ) {
    above.set(node.parent, node.id);
  }
  for (
    let node: RunNode | undefined = to;
    node;
    node = node.parent === null ? undefined : shown.get(node.parent)
  ) {
    const source = above.get(node.parent);
    if (source !== undefined) return source === node.id ? null : { from: source, to: node.id };
  }
  return null;
}
