import { expect, test } from "vitest";
import { byReason, outcomeText } from "./outcome";

const failures = [
  { name: "a", why: 'workflows.argoproj.io "a" not found' },
  { name: "b", why: "the server does not answer" },
  { name: "c", why: 'workflows.argoproj.io "c" not found' },
];

test("says what is done, what failed and what was not reached", () => {
  expect(outcomeText({ label: "Retry", done: 2, failures: [], left: 0 })).toBe("Retry: 2 done");
  expect(outcomeText({ label: "Stop", done: 0, failures, left: 4 })).toBe(
    "Stop: 0 done, 3 failed, 4 not reached",
  );
});

test("failures of one kind are one line, also when the reason names the run", () => {
  expect(byReason(failures)).toEqual([
    { why: "workflows.argoproj.io it not found", names: ["a", "c"] },
    { why: "the server does not answer", names: ["b"] },
  ]);
});
