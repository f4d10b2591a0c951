/** Bars of the timeline in percent of the run's time; pure, changes no node. */
import { type PhaseName, phaseName } from "../../components/phase";
import type { NodeStatus, Workflow } from "../../api/types";
import type { RunModel, RunNode } from "./model";

export interface Bar {
  kind: "whole" | "attempt";
  phase: PhaseName;
  left: number;
  width: number;
  /** Whose time it is: the node, or one attempt. */
  status: NodeStatus;
}

/** A node's bar; one for each attempt when there are several. */
export function barsOf(node: RunNode, from: number, to: number, now: number): Bar[] {
  const spans = node.attempts.length > 1 ? node.attempts : [node.status];
  return spans.flatMap((status) => {
    if (!status.startedAt) return [];
    const start = Date.parse(status.startedAt);
    const end = status.finishedAt ? Date.parse(status.finishedAt) : now;
    const begin = clamp((100 * (start - from)) / (to - from));
    const width = Math.max(LEAST, clamp((100 * (end - from)) / (to - from)) - begin);
    // What took no time at the very end would lie outside.
    const left = Math.min(begin, 100 - width);
    const phase = node.attempts.length > 1 ? phaseName(status.phase) : node.phase;
    return [
      {
        kind: node.attempts.length > 1 ? "attempt" : "whole",
        phase,
        left,
        width,
        // The only attempt has the pod.
        status: node.attempts.length === 1 ? (node.attempts[0] ?? status) : status,
      },
    ];
  });
}

/** A node as the timeline has it: a loop lasts from the start of its first item to the end of its last. */
export function lasting(node: RunNode, model: RunModel): RunNode {
  if (node.kind !== "loop") return node;
  const items = node.inside.flatMap((id) => model.nodes.get(id)?.status ?? []);
  const starts = items.flatMap((item) => item.startedAt ?? []).sort();
  const ends = items.flatMap((item) => item.finishedAt ?? []).sort();
  const { startedAt: _start, finishedAt: _end, ...status } = node.status;
  const [first, last] = [starts[0], ends.length === items.length ? ends.at(-1) : undefined];
  return {
    ...node,
    status: { ...status, ...(first ? { startedAt: first } : {}), ...(last ? { finishedAt: last } : {}) },
  };
}

export interface Ghost {
  left: number;
  width: number;
  /** Seconds that it took in the run before. */
  took: number;
}

/** What nodes are called without the name of their run: the same in each run of a template. */
export function placeIn(run: Workflow, status: NodeStatus): string {
  const own = run.metadata?.name ?? "";
  const name = status.name ?? "";
  return name.startsWith(own) ? name.slice(own.length) : name;
}

/** The bars of an earlier run, moved to the start of this one, by the place of the node; `span` in milliseconds. */
export function ghostsOf(before: Workflow, span: number): Map<string, Ghost> {
  const from = Date.parse(before.status?.startedAt ?? "");
  const found = new Map<string, Ghost>();
  for (const status of Object.values(before.status?.nodes ?? {})) {
    const [start, end] = [Date.parse(status.startedAt ?? ""), Date.parse(status.finishedAt ?? "")];
    if (Number.isNaN(start) || Number.isNaN(end)) continue;
    const left = clamp((100 * (start - from)) / span);
    const width = Math.max(LEAST, clamp((100 * (end - from)) / span) - left);
    found.set(placeIn(before, status), {
      left: Math.min(left, 100 - width),
      width,
      took: (end - start) / 1000,
    });
  }
  return found;
}

/** The least width of a bar, in percent. */
const LEAST = 0.15;

function clamp(value: number): number {
  return Math.max(0, Math.min(100, value));
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Nobody zooms in further than this. */
export const CLOSEST = 48;
const MOST_TICKS = 8 * CLOSEST + 16;

/** Moments for marks, in milliseconds from the start: about eight in sight. */
export function ticksOf(span: number, zoom: number): number[] {
  const wanted = span / 1000 / (8 * zoom);
  const step = (STEPS.find((each) => each >= wanted) ?? 86_400) * 1000;
  const ticks: number[] = [];
  for (let tick = 0; tick < span && ticks.length < MOST_TICKS; tick += step) ticks.push(tick);
  return ticks;
}
