import { expect, test } from "vitest";
import { beganBy, type Known, type Part, partsOf } from "./parts";

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 1, 12, 0, 0) + seconds * 1000).toISOString();
const NOW = Date.parse(at(100));
const node = (more: object) => ({
  id: "n",
  phase: "Succeeded",
  startedAt: at(0),
  finishedAt: at(20),
  ...more,
});
const container = (role: string, from: number, to: number | null) => ({
  name: role,
  role,
  startedAt: at(from),
  finishedAt: to === null ? null : at(to),
  exitCode: to === null ? null : 0,
});
const known = (...containers: ReturnType<typeof container>[]): Known => ({
  containers: new Map([["n", containers]]),
  began: new Map(),
});
const shown = (parts: Part[]): string[] =>
  parts.map(
    ({ kind, start, end }) =>
      `${kind} ${(start - Date.parse(at(0))) / 1000}-${(end - Date.parse(at(0))) / 1000}`,
  );

test("a pod waits, stages, runs and saves", () => {
  const containers = known(container("init", 5, 8), container("main", 8.5, 15), container("sidecar", 8, 16));
  expect(shown(partsOf(node({}), containers, NOW))).toEqual([
    "wait 0-5",
    "init 5-8.5",
    "main 8.5-15",
    "after 15-20",
  ]);
});

test("gaps below a second are none: nodes have whole seconds", () => {
  const containers = known(container("main", 0.7, 19.4));
  expect(shown(partsOf(node({}), containers, NOW))).toEqual(["main 0-20"]);
});

test("a daemon, whose node ends when it is up, did not only wait", () => {
  expect(partsOf(node({ finishedAt: at(2) }), known(container("main", 2.3, null)), NOW)).toEqual([]);
});

test("a pod whose init container failed never ran", () => {
  const containers = known(container("init", 2, 20));
  expect(shown(partsOf(node({ phase: "Failed" }), containers, NOW))).toEqual(["wait 0-2", "init 2-20"]);
});

test("what goes on ends now", () => {
  const running = node({ phase: "Running", finishedAt: undefined });
  expect(shown(partsOf(running, known(container("main", 30, null)), NOW))).toEqual([
    "wait 0-30",
    "main 30-100",
  ]);
  expect(shown(partsOf({ ...running, phase: "Pending" }, known(), NOW))).toEqual(["wait 0-100"]);
  expect(shown(partsOf(running, known(container("init", 0, null)), NOW))).toEqual(["init 0-100"]);
});

test("without containers the server's events tell how long it waited, unless they came at its end", () => {
  const told = (second: number): Known => ({
    containers: new Map(),
    began: beganBy([
      { at: Date.parse(at(second)), reason: "WorkflowNodeRunning", text: "", bad: false, node: "n" },
      { at: Date.parse(at(50)), reason: "WorkflowNodeRunning", text: "", bad: false, node: "n" },
    ]),
  });
  expect(shown(partsOf(node({}), told(6), NOW))).toEqual(["wait 0-6", "main 6-20"]);
  expect(partsOf(node({}), told(20), NOW)).toEqual([]);
  expect(partsOf(node({}), told(0), NOW)).toEqual([]);
});
