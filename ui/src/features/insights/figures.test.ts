import { expect, it } from "vitest";
import { figuresOf, pointsOf } from "./figures";

const run = (took: number, phase: string) => ({
  metadata: { name: `r${took}` },
  status: {
    phase,
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: new Date(Date.UTC(2026, 0, 1) + took * 1000).toISOString(),
  },
});

it("counts runs that are over", () => {
  const runs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map((took) => run(took, took === 3 ? "Failed" : "Succeeded"));
  const figures = figuresOf(pointsOf([...runs, { metadata: { name: "x" }, status: { phase: "Running" } }]));
  expect(figures).toEqual({ finished: 10, failed: 1, median: 5, p90: 9 });
  expect(figuresOf([]).median).toBeNull();
});
