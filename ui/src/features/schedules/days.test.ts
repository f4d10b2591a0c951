import { expect, test } from "vitest";
import { byDay, clocksChange, clockOf, dayOf, daysFrom, later } from "./days";

test("a moment belongs to the day of its zone", () => {
  expect(dayOf("2026-03-01T23:30:00Z", "Europe/Berlin")).toBe("2026-03-02");
  expect(dayOf("2026-03-01T23:30:00Z", "UTC")).toBe("2026-03-01");
  expect(clockOf("2026-03-01T23:30:00Z", "Europe/Berlin")).toBe("00:30");
});

test("weeks begin on Monday and hold seven days", () => {
  const days = daysFrom("2026-03-01", 2);
  expect(days[0]).toBe("2026-02-23");
  expect(days).toHaveLength(14);
  expect(days.at(-1)).toBe("2026-03-08");
  expect(later("2026-02-28", 1)).toBe("2026-03-01");
});

test("the day on which clocks are changed is told", () => {
  expect(clocksChange("2026-03-29", "Europe/Berlin")).toBe(true);
  expect(clocksChange("2026-03-30", "Europe/Berlin")).toBe(false);
  expect(clocksChange("2026-03-29", "UTC")).toBe(false);
});

test("items without a moment are left out", () => {
  const found = byDay(["2026-03-01T01:00:00Z", ""], (text) => text || undefined, "UTC");
  expect([...found]).toEqual([["2026-03-01", ["2026-03-01T01:00:00Z"]]]);
});
