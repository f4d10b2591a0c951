import { expect, test } from "vitest";
import { durationTicks, heightOf, timeTicks } from "./scale";

test("runs of seconds and of hours are told apart in one picture", () => {
  expect(heightOf(0, 7200)).toBe(0);
  expect(heightOf(7200, 7200)).toBe(1);
  expect(heightOf(10, 7200)).toBeGreaterThan(0.2);
  expect(heightOf(5, 0)).toBe(0);
});

test("a few round durations, the longest among them", () => {
  expect(durationTicks(7200).map((tick) => tick.text)).toEqual(["2 h", "10 m", "1 m"]);
  expect(durationTicks(0).map((tick) => tick.text)).toEqual(["0 s"]);
});

test("round moments, no more than there is room for", () => {
  const range = { from: Date.parse("2026-01-01T22:40:00Z"), to: Date.parse("2026-01-02T02:10:00Z") };
  expect(timeTicks(range, 4, "UTC").map((tick) => tick.text)).toEqual(["23:00", "Jan 2", "01:00", "02:00"]);
  const short = { from: Date.parse("2026-01-01T10:00:01Z"), to: Date.parse("2026-01-01T10:00:15Z") };
  expect(timeTicks(short, 4, "UTC").map((tick) => tick.text)).toEqual(["10:00:05", "10:00:10", "10:00:15"]);
  const days = { from: Date.parse("2026-01-01T00:00:00Z"), to: Date.parse("2026-01-09T00:00:00Z") };
  expect(timeTicks(days, 5, "UTC").at(0)).toMatchObject({ at: 0 });
  expect(timeTicks(days, 5, "UTC").length).toBeLessThan(6);
});
