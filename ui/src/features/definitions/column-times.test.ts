import { expect, test } from "vitest";
import { columnTimes } from "./column-times";

const at = (...moments: string[]): string[] =>
  columnTimes(
    moments.map((moment) => `2026-03-${moment}Z`),
    "UTC",
  );

test("days where each run has its own, the clock within one day, both where it has to be", () => {
  expect(at("01T03:00:00", "02T03:00:00")).toEqual(["Mar 1", "Mar 2"]);
  expect(at("01T03:00:00", "01T03:05:00")).toEqual(["03:00", "03:05"]);
  expect(at("01T03:00:00", "01T09:00:00", "02T03:00:00")).toEqual([
    "Mar 1 03:00",
    "Mar 1 09:00",
    "Mar 2 03:00",
  ]);
});

test("seconds where runs began in one minute; a run that has not begun has a dash", () => {
  expect(at("01T03:00:01", "01T03:00:09")).toEqual(["03:00:01", "03:00:09"]);
  expect(columnTimes([null, "2026-03-01T03:00:01Z", undefined], "UTC")).toEqual(["–", "03:00", "–"]);
});
