import { expect, it } from "vitest";
import { matrixOf } from "./matrix-of";

const run = (...nodes: [string, string][]) => ({
  status: {
    nodes: Object.fromEntries(
      nodes.map(([displayName, phase], at) => [
        String(at),
        { id: String(at), type: "Pod", displayName, phase },
      ]),
    ),
  },
});

it("has a row for each step; of the items of a loop the worst is shown", () => {
  const rows = matrixOf([
    run(["extract", "Succeeded"], ["load(0:eu)", "Succeeded"], ["load(1:us)", "Failed"]),
    run(["extract", "Succeeded"]),
  ]);
  expect(
    rows.map((row) => [row.step, row.cells.map((cell) => cell && [cell.phase, cell.id, cell.count])]),
  ).toEqual([
    [
      "extract",
      [
        ["Succeeded", "0", 1],
        ["Succeeded", "0", 1],
      ],
    ],
    ["load", [["Failed", "2", 2], null]],
  ]);
});
