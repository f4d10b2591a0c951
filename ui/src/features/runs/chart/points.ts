/** Runs as points of time and duration; pure. */
import type { Insights } from "../../../api/overview";
import { archivedOnly } from "../../../api/workflows";
import type { Workflow } from "../../../api/types";
import { type PhaseName, phaseName } from "../../../components/phase";
import { seconds } from "../../../components/time";

export interface Point {
  id: string;
  namespace: string;
  name: string;
  phase: PhaseName;
  /** When it started, in milliseconds. */
  at: number;
  /** Seconds; of one that goes on until now. */
  took: number;
  archived: boolean;
}

/** What the server knows of runs that are over, and what is loaded: which is younger, and has those that go on. */
export function pointsOf(known: Insights["runs"], loaded: readonly Workflow[], now: number): Point[] {
  const found = new Map<string, Point>();
  for (const { uid: id, namespace, name, phase, startedAt, took, archived } of known)
    found.set(id, {
      id,
      namespace,
      name,
      phase: phaseName(phase),
      at: Date.parse(startedAt),
      took,
      archived,
    });
  for (const run of loaded) {
    const { uid = "", namespace = "", name = "", creationTimestamp } = run.metadata ?? {};
    const at = Date.parse(run.status?.startedAt ?? creationTimestamp ?? "");
    if (Number.isNaN(at)) continue;
    const took = seconds(run.status?.startedAt, run.status?.finishedAt, now) ?? 0;
    const phase = phaseName(run.status?.phase);
    found.set(uid, { id: uid, namespace, name, phase, at, took, archived: archivedOnly(run) });
  }
  return [...found.values()];
}
