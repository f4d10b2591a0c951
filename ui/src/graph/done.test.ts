import { expect, test } from "vitest";
import { doneOf } from "./done";

const startedAt = "2026-01-01T00:00:00Z";
const at = (second: number): number => Date.parse(startedAt) + second * 1000;

test("progress that a pod tells comes before estimates, which never say that it is over", () => {
  expect(doneOf({ progress: "3/4", startedAt, estimatedDuration: 10 }, at(1))).toBe(0.75);
  expect(doneOf({ progress: "0/1", startedAt, estimatedDuration: 10 }, at(5))).toBe(0.5);
  expect(doneOf({ progress: "0/1", startedAt, estimatedDuration: 10 }, at(50))).toBe(0.95);
  expect(doneOf({ startedAt, estimatedDuration: 10 }, at(0))).toBe(0.05);
  expect(doneOf({ progress: "0/1", startedAt }, at(5))).toBeNull();
});
