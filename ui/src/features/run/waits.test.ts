import { describe, expect, it } from "vitest";
import type { Workflow } from "../../api/types";
import { secondsOf, waitsOf } from "./waits";

const START = "2026-01-01T00:00:00Z";
const run = (nodes: Record<string, object>, more: object = {}, spec: object = {}): Workflow => ({
  metadata: { name: "w" },
  spec,
  status: {
    phase: "Running",
    ...more,
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [
        id,
        { id, name: id, displayName: id, startedAt: START, ...node },
      ]),
    ),
  },
});
const told = (workflow: Workflow): [string, string[], string][] =>
  waitsOf(workflow).map(({ kind, nodes, text }) => [kind, nodes.map(({ name }) => name), text]);

describe("what a run waits for", () => {
  it("is a person first, and the moment where a step goes on by itself", () => {
    const workflow = run(
      {
        pause: { type: "Suspend", phase: "Running", templateName: "pause" },
        gate: { type: "Suspend", phase: "Running", templateName: "gate" },
        done: { type: "Suspend", phase: "Succeeded", templateName: "gate" },
      },
      {},
      {
        templates: [
          { name: "gate", suspend: {} },
          { name: "pause", suspend: { duration: "2h" } },
        ],
      },
    );
    expect(waitsOf(workflow).map(({ kind, until }) => [kind, until])).toEqual([
      ["person", undefined],
      ["time", Date.parse("2026-01-01T02:00:00Z")],
    ]);
  });

  it("is a lock once for all that wait for it, with the runs that hold it", () => {
    const lock = { type: "Pod", phase: "Pending", synchronizationStatus: { waiting: "ns/Mutex/door" } };
    const workflow = run(
      { a: lock, b: lock },
      { synchronization: { mutex: { waiting: [{ mutex: "ns/Mutex/door", holder: "ns/other/other-1" }] } } },
    );
    expect(told(workflow)).toEqual([["lock", ["a", "b"], "ns/Mutex/door"]]);
    expect(waitsOf(workflow)[0]?.holders).toEqual([{ namespace: "ns", name: "other" }]);
  });

  it("is what the run itself says before it starts", () => {
    const workflow = run(
      {},
      {
        phase: "Pending",
        message: "Waiting for ns/Semaphore/config/key lock",
        synchronization: {
          semaphore: {
            waiting: [{ semaphore: "ns/Semaphore/config/key", holders: ["ns/x", "ns/y/y-2", "ns/y/y-3"] }],
          },
        },
      },
    );
    expect(told(workflow)).toEqual([["start", [], "Waiting for ns/Semaphore/config/key lock"]]);
    expect(waitsOf(workflow)[0]?.holders.map(({ name }) => name)).toEqual(["x", "y"]);
  });

  it("is the pause before the next attempt", () => {
    const retry = { type: "Retry", phase: "Running", message: "Backoff for 10 minutes 0 seconds" };
    expect(told(run({ r: retry, q: { ...retry, message: undefined } }))).toEqual([
      ["retry", ["r"], "Backoff for 10 minutes 0 seconds"],
    ]);
  });

  it("is somebody to resume it, and nothing when it is over", () => {
    expect(waitsOf(run({}, {}, { suspend: true }))).toMatchObject([{ kind: "run" }]);
    const gate = { type: "Suspend", phase: "Running" };
    expect(waitsOf(run({ gate }, { phase: "Failed" }, { suspend: true }))).toEqual([]);
  });
});

it("durations are read as Argo reads them", () => {
  expect(["90", "2h", "1h30m", "1.5s", "3d", "500ms", "soon", "", undefined].map(secondsOf)).toEqual([
    90,
    7200,
    5400,
    1.5,
    259_200,
    0.5,
    undefined,
    undefined,
    undefined,
  ]);
});
