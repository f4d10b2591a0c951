/** What runs used and what that costs; pure. */
import type { Workflow } from "../../api/types";
import { groupedBy } from "../runs/group";
import { originOf } from "../runs/origin";

/** Prices of an hour: of a core, and of a GiB of memory. */
export interface Rates {
  cpu: number;
  memory: number;
}

export interface Usage {
  name: string;
  runs: number;
  /** Core hours. */
  cpu: number;
  /** GiB hours. */
  memory: number;
}

const HOUR = 3600;
/** Argo counts memory in units of 100 Mi, for a second each. */
const MEMORY_UNIT = 100 / 1024;

function usageOf(name: string, runs: readonly Workflow[]): Usage {
  const sum = (resource: string): number =>
    runs.reduce((total, run) => total + (run.status?.resourcesDuration?.[resource] ?? 0), 0);
  return {
    name,
    runs: runs.length,
    cpu: sum("cpu") / HOUR,
    memory: (sum("memory") * MEMORY_UNIT) / HOUR,
  };
}

/** What the runs of each origin used, those that used most first. */
export function usageByOrigin(runs: readonly Workflow[]): Usage[] {
  const counted = runs.filter((run) => run.status?.resourcesDuration !== undefined);
  return [...groupedBy(counted, (run) => originOf(run)?.name ?? "started by hand")]
    .map(([name, items]) => usageOf(name, items))
    .sort((a, b) => b.cpu - a.cpu || b.memory - a.memory);
}

export const costOf = (usage: Usage, rates: Rates): number =>
  usage.cpu * rates.cpu + usage.memory * rates.memory;
