/** Figures over runs; pure. */
import type { Workflow } from "../../api/types";
import { seconds } from "../../components/time";
import { groupedBy } from "../runs/group";
import { originOf } from "../runs/origin";

export interface Figures {
  finished: number;
  failed: number;
  /** Seconds: half of the runs, and nine of ten, took at most this long. */
  median: number | null;
  p90: number | null;
}

export interface Point {
  name: string;
  phase: string;
  started: number;
  took: number;
}

/** Runs that are over, oldest first. */
export function pointsOf(runs: readonly Workflow[]): Point[] {
  return runs
    .flatMap((run): Point[] => {
      const { startedAt, finishedAt, phase = "" } = run.status ?? {};
      if (!startedAt || !finishedAt) return [];
      const took = seconds(startedAt, finishedAt, 0) ?? 0;
      return [{ name: run.metadata?.name ?? "", phase, started: Date.parse(startedAt), took }];
    })
    .sort((a, b) => a.started - b.started);
}

export function figuresOf(points: readonly Point[]): Figures {
  const took = points.map((point) => point.took).sort((a, b) => a - b);
  const at = (share: number): number | null => took[Math.max(0, Math.ceil(share * took.length) - 1)] ?? null;
  return {
    finished: points.length,
    failed: points.filter((point) => point.phase !== "Succeeded").length,
    median: at(0.5),
    p90: at(0.9),
  };
}

export interface Row extends Figures {
  name: string;
}

/** Figures for each origin of runs, those that fail most first. */
export function figuresByOrigin(runs: readonly Workflow[]): Row[] {
  const groups = groupedBy(runs, (run) => originOf(run)?.name ?? "started by hand");
  return [...groups]
    .map(([name, items]) => ({ name, ...figuresOf(pointsOf(items)) }))
    .filter((row) => row.finished > 0)
    .sort((a, b) => b.failed / b.finished - a.failed / a.finished || b.finished - a.finished);
}
