import { describe, expect, it } from "vitest";
import type { NodeStatus } from "../../api/types";
import { barsOf, ticksOf } from "./bars";
import type { RunNode } from "./model";

const at = (second: number): string => new Date(second * 1000).toISOString();
function node(status: NodeStatus, attempts: NodeStatus[] = []): RunNode {
  return {
    id: "a",
    name: "a",
    kind: "node",
    phase: "Running",
    status,
    parent: null,
    inside: [],
    attempts,
    counts: {},
  };
}

describe("bars of the timeline", () => {
  it("reach until now while something runs, and change nothing", () => {
    const status = { startedAt: at(5) };
    expect(barsOf(node(status), 0, 10_000, 10_000)).toEqual([
      { kind: "whole", phase: "Running", left: 50, width: 50 },
    ]);
    expect(status).toEqual({ startedAt: at(5) });
    expect(barsOf(node({}), 0, 10_000, 10_000)).toEqual([]);
  });

  it("are one for each attempt", () => {
    const bars = barsOf(
      node({ startedAt: at(0) }, [
        { phase: "Failed", startedAt: at(0), finishedAt: at(2) },
        { phase: "Running", startedAt: at(8) },
      ]),
      0,
      10_000,
      10_000,
    );
    expect(bars.map((bar) => [bar.phase, bar.left, bar.width])).toEqual([
      ["Failed", 0, 20],
      ["Running", 80, 20],
    ]);
  });

  it("have marks at round times", () => {
    expect(ticksOf(60_000, 1)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
    expect(ticksOf(60_000, 10).length).toBe(60);
  });
});
