import { expect, it } from "vitest";
import { costOf, usageByOrigin } from "./usage";

const run = (template: string, cpu: number, memory: number) => ({
  metadata: { labels: { "workflows.argoproj.io/workflow-template": template } },
  status: { resourcesDuration: { cpu, memory } },
});

it("adds up what runs used and what it costs", () => {
  const used = { name: "b", runs: 2, cpu: 2, memory: 1 };
  expect(usageByOrigin([run("a", 1800, 0), run("b", 3600, 36_864), run("b", 3600, 0), {}])).toEqual([
    used,
    { name: "a", runs: 1, cpu: 0.5, memory: 0 },
  ]);
  expect(costOf(used, { cpu: 0.04, memory: 0.01 })).toBeCloseTo(0.09);
});
