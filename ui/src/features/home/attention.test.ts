import { expect, it } from "vitest";
import { attentionOf, newestFirst } from "./attention";

const NOW = Date.parse("2026-01-02T00:00:00Z");
const before = (seconds: number): string => new Date(NOW - 1000 * seconds).toISOString();

it("says why each run wants eyes", () => {
  const runs = [
    { metadata: { name: "failed" }, status: { phase: "Failed", finishedAt: before(60) } },
    { metadata: { name: "failed-long-ago" }, status: { phase: "Failed", finishedAt: before(90_000) } },
    {
      metadata: { name: "slow" },
      status: { phase: "Running", startedAt: before(100), estimatedDuration: 60 },
    },
    {
      metadata: { name: "usual" },
      status: { phase: "Running", startedAt: before(80), estimatedDuration: 60 },
    },
    { metadata: { name: "stuck", creationTimestamp: before(61) }, status: {} },
    { metadata: { name: "new", creationTimestamp: before(10) }, status: {} },
    { metadata: { name: "held", creationTimestamp: before(99) }, spec: { suspend: true }, status: {} },
  ];
  const names = Object.entries(attentionOf(runs, NOW)).map(([why, found]) => [
    why,
    (found as typeof runs).map((run) => run.metadata.name),
  ]);
  expect(Object.fromEntries(names)).toEqual({
    failed: ["failed"],
    suspended: ["held"],
    slow: ["slow"],
    stuck: ["stuck"],
  });
});

it("the newest is first, whatever goes on", () => {
  const made = (name: string, seconds: number) => ({
    metadata: { name, creationTimestamp: before(seconds) },
  });
  const names = newestFirst([made("goes on", 90), made("over", 10), made("older", 50)]);
  expect(names.map((run) => run.metadata?.name)).toEqual(["over", "older", "goes on"]);
});
