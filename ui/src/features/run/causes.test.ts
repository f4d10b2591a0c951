import { describe, expect, it } from "vitest";
import type { NodeStatus, Workflow } from "../../api/types";
import { placeOf } from "./cause-place";
import { logOf } from "./log-of";
import { modelOf } from "./model";

type Line = [id: string, type: string, phase: string, boundary: string, ...children: string[]];

function run(lines: Line[], templates: object[] = []): Workflow {
  const nodes = lines.map(([id, type, phase, boundary, ...children]): NodeStatus => ({
    id,
    name: id,
    displayName: id.replace(/^.*\./, ""),
    type,
    phase,
    templateName: boundary ? "leaf" : "main",
    ...(boundary ? { boundaryID: boundary } : {}),
    children,
  }));
  return {
    metadata: { name: "w" },
    spec: { templates },
    status: { phase: "Failed", nodes: Object.fromEntries(nodes.map((node) => [node.id ?? "", node])) },
  };
}
const causes = (workflow: Workflow): (string | undefined)[] => modelOf(workflow).causes.map(({ id }) => id);

describe("what a run failed of", () => {
  const failed: Line[] = [
    ["w", "DAG", "Failed", "", "w.may", "w.must"],
    ["w.may", "Pod", "Failed", "w"],
    ["w.must", "Pod", "Failed", "w"],
  ];
  const main = {
    name: "main",
    dag: { tasks: [{ name: "may", continueOn: { failed: true } }, { name: "must" }] },
  };

  it("is not what may fail", () => {
    expect(causes(run(failed, [main]))).toEqual(["w.must"]);
    expect(causes(run(failed))).toEqual(["w.may", "w.must"]);
    const steps = {
      name: "main",
      steps: [[{ name: "may", continueOn: { error: true } }], [{ name: "must" }]],
    };
    expect(causes(run(failed, [steps]))).toEqual(["w.may", "w.must"]);
  });

  it("is the group itself when all that failed in it might", () => {
    expect(causes(run([...failed.slice(0, 2)], [main]))).toEqual(["w"]);
  });

  it("is not what failed in an attempt that was tried again", () => {
    const lines: Line[] = [
      ["w", "DAG", "Failed", "", "r", "w.other"],
      ["r", "Retry", "Succeeded", "w", "r(0)", "r(1)"],
      ["r(0)", "Steps", "Failed", "w"],
      ["r(0).a", "Pod", "Failed", "r(0)"],
      ["r(1)", "Steps", "Succeeded", "w"],
      ["w.other", "Pod", "Error", "w"],
    ];
    expect(causes(run(lines))).toEqual(["w.other"]);
  });

  it("is the container of a set that failed, not those that never began", () => {
    const lines: Line[] = [
      ["w", "Pod", "Failed", "", "w.a"],
      ["w.a", "Container", "Failed", "w", "w.b"],
      ["w.b", "Container", "Error", "w", "w.main"],
      ["w.main", "Container", "Error", "w"],
    ];
    expect(causes(run(lines))).toEqual(["w.a"]);
  });
});

it("a failure is told with the groups that it is in and its attempt", () => {
  const model = modelOf(
    run([
      ["w", "DAG", "Failed", "", "load"],
      ["load", "Steps", "Failed", "w", "r"],
      ["r", "Retry", "Failed", "load", "r(0)", "r(1)"],
      ["r(0)", "Pod", "Failed", "load"],
      ["r(1)", "Pod", "Failed", "load"],
    ]),
  );
  expect(model.causes.map((cause) => placeOf(cause, model))).toEqual(["load / r (attempt 2 of 2)"]);
});

it("an exit handler follows the last steps of a run", () => {
  const workflow = run([
    ["w", "Steps", "Succeeded", "", "a"],
    ["a", "Pod", "Succeeded", "w", "b"],
    ["b", "Pod", "Succeeded", "w"],
    ["w.onExit", "Pod", "Succeeded", ""],
  ]);
  expect(modelOf(workflow).links).toEqual([
    { from: "a", to: "b" },
    { from: "b", to: "w.onExit" },
  ]);
});

it("what started in the same second is in the order of its links", () => {
  const workflow = run([
    ["w", "DAG", "Succeeded", "", "z"],
    ["a", "Pod", "Succeeded", "w"],
    ["m", "Pod", "Succeeded", "w", "a"],
    ["z", "Pod", "Succeeded", "w", "m"],
  ]);
  expect(modelOf(workflow).nodes.get("w")?.inside).toEqual(["z", "m", "a"]);
});

it("logs are where a node has written them", () => {
  const log = (more: NodeStatus): string | undefined =>
    logOf({ id: "n", displayName: "n", type: "Pod", ...more });
  expect(log({})).toBe("logs:n:main");
  expect(log({ message: "init: Error (exit code 64): no artifact" })).toBe("logs:n:init");
  expect(log({ message: "wait: Error (exit code 64): no such file" })).toBe("logs:n:main");
  expect(log({ message: "Backoff for 2 minutes" })).toBe("logs:n:main");
  expect(log({ type: "Container", displayName: "b", message: "b: Error (exit code 4)" })).toBe("logs:n:b");
  expect(log({ type: "HTTP" })).toBeUndefined();
  expect(log({ memoizationStatus: { hit: true, key: "k", cacheName: "c" } })).toBeUndefined();
});
