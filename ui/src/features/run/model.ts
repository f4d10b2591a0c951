/**
 * From `status.nodes` to what people think in: steps inside boundaries, loops as one thing, attempts behind their step.
 *
 * Pure.  Helper nodes (StepGroup, TaskGroup, attempts of a Retry) are never shown as nodes of their own.
 */
import { hasFailed } from "../../api/phases";
import type { NodeStatus, Workflow } from "../../api/types";
import { type PhaseName, phaseName } from "../../components/phase";

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
  /** Nodes that failed and whose failure was not retried away, deepest first. */
  causes: NodeStatus[];
}

function isGroup(status: NodeStatus): boolean {
  return status.type === "StepGroup" || status.type === "TaskGroup";
}

/** The model of a run; a run without nodes has an empty one. */
export function modelOf(workflow: Workflow): RunModel {
  const all = new Map(Object.entries(workflow.status?.nodes ?? {}));
  const attemptOf = attempts(all);
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
  for (const node of byStart(shown)) if (node.parent !== null) shown.get(node.parent)?.inside.push(node.id);
  const root = workflow.metadata?.name ?? "";
  return {
    root: shown.has(root) ? root : null,
    nodes: shown,
    links: links(all, shown, attemptOf),
    causes: causes(all, attemptOf),
  };
}

/** A suspended node that runs waits for a person. */
function phaseOf(status: NodeStatus): PhaseName {
  const phase = phaseName(status.phase);
  return status.type === "Suspend" && phase === "Running" ? "Suspended" : phase;
}

function attempts(all: ReadonlyMap<string, NodeStatus>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [id, status] of all) {
    if (status.type !== "Retry") continue;
    for (const child of status.children ?? []) {
      const other = all.get(child);
      if (other?.name?.startsWith(`${status.name ?? ""}(`)) found.set(child, id);
    }
  }
  return found;
}

function byStart(shown: ReadonlyMap<string, RunNode>): RunNode[] {
  const start = (node: RunNode): string => node.status.startedAt ?? "~";
  return [...shown.values()].sort(
    (a, b) => start(a).localeCompare(start(b)) || a.name.localeCompare(b.name, "en", { numeric: true }),
  );
}

/** The name of a loop's item without the item: `load` of `load(3:eu)`; null for what is no item. */
export function loopName(name: string): string | null {
  const match = /^(.*?)\(\d+(?::.*)?\)$/s.exec(name);
  return match?.[1] ?? null;
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

function causes(all: ReadonlyMap<string, NodeStatus>, attemptOf: ReadonlyMap<string, string>): NodeStatus[] {
  const failed = (status: NodeStatus | undefined): boolean => hasFailed(status?.phase);
  const composite = new Set<string>();
  for (const status of all.values()) {
    if (!failed(status)) continue;
    const holder = status.boundaryID;
    if (holder !== undefined) composite.add(holder);
  }
  const found: NodeStatus[] = [];
  for (const [id, status] of all) {
    if (!failed(status) || isGroup(status) || composite.has(id)) continue;
    const holder = attemptOf.get(id);
    if (holder !== undefined) {
      // Only the last attempt of a step that failed for good.
      const attemptsOf = all.get(holder)?.children ?? [];
      if (
        !failed(all.get(holder)) ||
        attemptsOf.filter((each) => attemptOf.get(each) === holder).at(-1) !== id
      )
        continue;
    } else if (status.type === "Retry" && (status.children ?? []).some((each) => attemptOf.has(each)))
      continue;
    found.push(status);
  }
  return found.sort((a, b) => (a.finishedAt ?? "").localeCompare(b.finishedAt ?? ""));
}
