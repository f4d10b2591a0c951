import { expect, test } from "vitest";
import type { Workflow } from "../../api/types";
import { happeningsOf, runAt } from "./replay";

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const RUN = {
  metadata: { name: "wf" },
  status: {
    phase: "Failed",
    startedAt: at(0),
    finishedAt: at(30),
    message: "child failed",
    nodes: {
      a: { id: "a", name: "a", phase: "Succeeded", startedAt: at(1), finishedAt: at(10) },
      b: {
        id: "b",
        name: "b",
        phase: "Failed",
        startedAt: at(10),
        finishedAt: at(30),
        message: "exit code 1",
      },
    },
  },
} as unknown as Workflow;

test("nodes that had not begun are away, those that had not ended run", () => {
  const before = runAt(RUN, 5000);
  expect(Object.keys(before.status?.nodes ?? {})).toEqual(["a"]);
  expect(before.status?.nodes?.["a"]?.phase).toBe("Running");
  expect(before.status?.phase).toBe("Running");
  expect(before.status?.message).toBeUndefined();
});

test("at its end it is what it is", () => {
  expect(runAt(RUN, 30_000)).toEqual(RUN);
});

test("without events the nodes tell what happened, in order", () => {
  expect(happeningsOf(RUN, []).map((each) => each.reason)).toEqual([
    "started",
    "succeeded",
    "started",
    "failed",
  ]);
  expect(happeningsOf(RUN, []).at(-1)?.text).toBe("b: exit code 1");
});

test("events of the server come first", () => {
  const events = [{ reason: "WorkflowRetried", message: "x", firstTimestamp: at(2), type: "Normal" }];
  expect(happeningsOf(RUN, events)).toEqual([
    { at: 2000, reason: "WorkflowRetried", text: "x", bad: false, node: undefined },
  ]);
});
