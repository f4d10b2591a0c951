/** How long each run took beside those of the same origin before it, as lines to draw; pure. */
import type { Workflow } from "../../api/types";
import { seconds } from "../../components/time";
import { siblingsOf } from "./origin";

/** So many runs before it are drawn. */
const BEFORE = 7;
const HEIGHT = 16;
/** From bar to bar. */
const STEP = 5;

/** As wide and as high as a drawing of a trend is. */
export const TREND = { width: (BEFORE + 1) * STEP, height: HEIGHT };

export interface Trend {
  /** A path of bars: the runs before. */
  before: string;
  /** The bar of the run itself. */
  own: string;
  /** Half of the runs before took at most so many seconds. */
  usual: number;
}

/** Of runs that are over and have some before them among these, under what `id` says of them. */
export function trendsOf(runs: readonly Workflow[], id: (run: Workflow) => string): Map<string, Trend> {
  const groups = new Map<string, { id: string; at: string; took: number }[]>();
  for (const run of runs) {
    const origin = siblingsOf(run);
    const { startedAt, finishedAt } = run.status ?? {};
    const took = finishedAt ? seconds(startedAt, finishedAt, 0) : null;
    if (!origin || took === null) continue;
    const key = `${run.metadata?.namespace ?? ""} ${origin}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push({ id: id(run), at: startedAt ?? "", took });
  }
  const found = new Map<string, Trend>();
  for (const group of groups.values()) {
    group.sort((a, b) => a.at.localeCompare(b.at));
    for (const [at, run] of group.entries()) {
      const before = group.slice(Math.max(0, at - BEFORE), at).map(({ took }) => took);
      if (before.length > 0) found.set(run.id, drawn(before, run.took));
    }
  }
  return found;
}

function drawn(before: readonly number[], took: number): Trend {
  const most = Math.max(took, ...before, 1);
  // The newest is at the right, wherever the oldest is.
  const bar = (seconds: number, at: number): string => {
    const x = TREND.width - STEP * (before.length - at) - STEP / 2;
    return `M${x} ${HEIGHT}v${(-Math.max(2, (HEIGHT * seconds) / most)).toFixed(1)}`;
  };
  const sorted = [...before].sort((a, b) => a - b);
  return {
    before: before.map(bar).join(""),
    own: bar(took, before.length),
    usual: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
  };
}
