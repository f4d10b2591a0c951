import { describe, expect, it } from "vitest";
import type { NodeStatus } from "../../api/types";
import { barsOf, ghostsOf, lasting, ticksOf } from "./bars";
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
      { kind: "whole", phase: "Running", left: 50, width: 50, status },
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

describe("bars of groups and of other runs", () => {
  it("what takes no time at the end lies inside", () => {
    const [bar] = barsOf(node({ startedAt: at(10), finishedAt: at(10) }), 0, 10_000, 10_000);
    expect((bar?.left ?? 0) + (bar?.width ?? 0)).toBe(100);
  });

  it("a loop lasts from its first to its last item, and runs while one does", () => {
    const loop: RunNode = { ...node({ startedAt: at(4) }), kind: "loop", inside: ["x", "y"] };
    const item = (id: string, from: number, to?: number): [string, RunNode] => [
      id,
      node({ id, startedAt: at(from), ...(to === undefined ? {} : { finishedAt: at(to) }) }),
    ];
    const model = (...items: [string, RunNode][]) => ({
      root: null,
      nodes: new Map(items),
      links: [],
      causes: [],
    });
    expect(lasting(loop, model(item("x", 3, 9), item("y", 2, 5))).status).toEqual({
      startedAt: at(2),
      finishedAt: at(9),
    });
    expect(lasting(loop, model(item("x", 3, 9), item("y", 2))).status).toEqual({ startedAt: at(2) });
  });

  it("those of a run before begin where this one begins", () => {
    const nodes = { a: { id: "a", name: "old.a", startedAt: at(102), finishedAt: at(104) } };
    const before = { metadata: { name: "old" }, status: { startedAt: at(100), nodes } };
    expect(ghostsOf(before, 10_000).get(".a")).toEqual({ left: 20, width: 20, took: 2 });
  });
});
