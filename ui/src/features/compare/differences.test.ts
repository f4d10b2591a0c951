import { expect, test } from "vitest";
import type { Workflow } from "../../api/types";
import { parameterPairs, stepPairs } from "./differences";

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const run = (name: string, value: string, took: number, result: string) =>
  ({
    metadata: { name },
    spec: { arguments: { parameters: [{ name: "p", value }] } },
    status: {
      nodes: {
        [name]: {
          id: name,
          name: `${name}[0].a`,
          type: "Pod",
          startedAt: at(0),
          finishedAt: at(took),
          outputs: { result },
        },
      },
    },
  }) as unknown as Workflow;

test("parameters and steps stand side by side", () => {
  const [a, b] = [run("one", "1", 5, "x"), run("two", "2", 9, "y")];
  expect(parameterPairs(a, b)).toEqual([{ name: "p", a: "1", b: "2" }]);
  expect(stepPairs(a, b)).toMatchObject([{ name: "[0].a", slower: 4, outputs: ["result"] }]);
});
