import { expect, test } from "vitest";
import { linesOf } from "./lines";

const run = (name: string, phase: string) => ({ metadata: { name }, status: { phase } });

test("without a group every line is a run", () => {
  expect(linesOf([run("a", "Failed")], undefined)).toHaveLength(1);
});

test("groups have a heading with what failed in them", () => {
  const lines = linesOf([run("a", "Failed"), run("b", "Succeeded"), run("c", "Failed")], "phase");
  expect(
    lines.map((line) =>
      "heading" in line ? `${line.heading} ${line.count} ${line.failed}` : line.run.metadata?.name,
    ),
  ).toEqual(["Failed 2 2", "a", "c", "Succeeded 1 0", "b"]);
});
