import { expect, test } from "vitest";
import type { NodeStatus } from "../../api/types";
import { criticalPath } from "./critical";
import { modelOf } from "./model";

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const node = (id: string, from: number, to: number | null, more: object = {}): NodeStatus => ({
  id,
  name: `w.${id}`,
  displayName: id,
  type: "Pod",
  phase: to === null ? "Running" : "Succeeded",
  boundaryID: "w",
  startedAt: at(from),
  ...(to === null ? {} : { finishedAt: at(to) }),
  ...more,
});
const run = (...nodes: NodeStatus[]) => {
  const root: NodeStatus = { id: "w", name: "w", type: "DAG", phase: "Running", startedAt: at(0) };
  return modelOf({
    metadata: { name: "w" },
    status: { nodes: Object.fromEntries([root, ...nodes].map((each) => [each.id ?? "", each])) },
  });
};

test("it goes back along what ended last before each node", () => {
  const model = run(
    node("slow", 0, 50, { children: ["end"] }),
    node("quick", 0, 5, { children: ["end"] }),
    node("end", 50, 60),
    node("aside", 0, 55),
  );
  expect([...criticalPath(model)].sort()).toEqual(["end", "slow", "w"]);
});

test("what runs ends after all others; a loop ends with its last item", () => {
  const items = Array.from({ length: 10 }, (_, item) =>
    node(`i${item}`, 0, item === 7 ? null : item + 1, { displayName: `load(${item})` }),
  );
  const found = criticalPath(run(...items, node("other", 0, 40)));
  expect([...found].sort()).toEqual(["i7", "loop:w:load", "w"]);
});
