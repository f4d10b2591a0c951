import { expect, test } from "vitest";
import { standingOf } from "./standing";

test("a suspended schedule says that it starts nothing", () => {
  expect(standingOf({ spec: { suspend: true } }).text).toBe("Suspended");
  expect(standingOf({ spec: { suspend: true } }).notes[0]).toContain("suspended");
});

test("a run that goes on is a reason for Forbid and Replace only", () => {
  const status = { active: [{ name: "a" }] };
  expect(standingOf({ spec: { concurrencyPolicy: "Forbid" }, status }).notes).toHaveLength(1);
  expect(standingOf({ spec: { concurrencyPolicy: "Allow" }, status }).notes).toEqual([]);
});

test("conditions that hold are told", () => {
  const status = { conditions: [{ type: "SpecError", status: "True", message: "bad schedule" }] };
  expect(standingOf({ spec: {}, status })).toEqual({ text: "On", notes: ["bad schedule"] });
});
