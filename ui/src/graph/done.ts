import type { NodeStatus } from "../api/types";

/** How much of a node is done, from 0 to 1: by its progress, else by how long it was expected to take; null where nothing says so. */
export function doneOf(status: NodeStatus, now: number): number | null {
  const [done = 0, all = 0] = (status.progress ?? "").split("/").map(Number);
  // A pod that says nothing has 0/1.
  if (all > 1) return Math.min(1, done / all);
  if (!status.estimatedDuration || !status.startedAt) return null;
  const passed = (now - Date.parse(status.startedAt)) / 1000;
  // An estimate never says that it is over, or that nothing has begun.
  return Math.min(0.95, Math.max(0.05, passed / status.estimatedDuration));
}
