/** How the steps of several runs went, side by side; pure. */
import type { NodeStatus, Workflow } from "../../api/types";
import { type PhaseName, phaseName } from "../../components/phase";

export interface Cell {
  phase: PhaseName;
  /** The node to look at: of several items the one that is worst. */
  id: string;
  count: number;
}

export interface Row {
  step: string;
  /** One for each run, in their order; null where the run has no such step. */
  cells: (Cell | null)[];
}

const WORK = new Set(["Pod", "Suspend", "HTTP", "Plugin", "Container"]);
/** The first of these that occurs among the items of a step is what its cell shows. */
const WORST = ["Error", "Failed", "Running", "Pending", "Succeeded", "Skipped", "Omitted"];

/** A step's name without the item that it was for: `load(3:eu)` is `load`, `main[1].load` stays. */
const stepOf = (node: NodeStatus): string => (node.displayName ?? "").replace(/\(.*\)$/s, "");

/** A row for each step in the order in which runs have them, a cell for each run. */
export function matrixOf(runs: readonly Workflow[]): Row[] {
  const rows = new Map<string, (Cell | null)[]>();
  for (const [at, run] of runs.entries()) {
    for (const node of Object.values(run.status?.nodes ?? {})) {
      if (!WORK.has(node.type ?? "")) continue;
      const step = stepOf(node);
      const cells = rows.get(step) ?? runs.map(() => null);
      rows.set(step, cells);
      cells[at] = withOne(cells[at] ?? null, phaseName(node.phase), node.id ?? "");
    }
  }
  return [...rows].map(([step, cells]) => ({ step, cells }));
}

function withOne(cell: Cell | null, phase: PhaseName, id: string): Cell {
  if (!cell) return { phase, id, count: 1 };
  const worse = WORST.indexOf(phase) < WORST.indexOf(cell.phase);
  return { ...(worse ? { phase, id } : cell), count: cell.count + 1 };
}
