/** Bars of the timeline in percent of the run's time; pure, changes no node. */
import { type PhaseName, phaseName } from "../../components/phase";
import type { RunNode } from "./model";

export interface Bar {
  kind: "whole" | "attempt";
  phase: PhaseName;
  left: number;
  width: number;
}

/** A node's bar; one for each attempt when there are several; a folded loop has one from its first to its last item. */
export function barsOf(node: RunNode, from: number, to: number, now: number): Bar[] {
  const spans = node.attempts.length > 1 ? node.attempts : [node.status];
  return spans.flatMap((status) => {
    if (!status.startedAt) return [];
    const start = Date.parse(status.startedAt);
    const end = status.finishedAt ? Date.parse(status.finishedAt) : now;
    const left = clamp((100 * (start - from)) / (to - from));
    const width = Math.max(0.15, clamp((100 * (end - from)) / (to - from)) - left);
    const phase = node.attempts.length > 1 ? phaseName(status.phase) : node.phase;
    return [{ kind: node.attempts.length > 1 ? "attempt" : "whole", phase, left, width }];
  });
}

function clamp(value: number): number {
  return Math.max(0, Math.min(100, value));
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Moments for marks, in milliseconds from the start: about eight in sight. */
export function ticksOf(span: number, zoom: number): number[] {
  const wanted = span / 1000 / (8 * zoom);
  const step = (STEPS.find((each) => each >= wanted) ?? 86_400) * 1000;
  const ticks: number[] = [];
  for (let tick = 0; tick < span && ticks.length < 400; tick += step) ticks.push(tick);
  return ticks;
}
