import { expect, test } from "vitest";
import { comingOf, marksOf, rowsOf, type Span, ticksOf } from "./plan";

const FROM = Date.parse("2026-03-01T00:00:00Z");
const DAY: Span = { id: "day", title: "", length: 86_400_000, mark: 600_000 };
const cron = (name: string, spec: object = {}) => ({
  metadata: { namespace: "a", name },
  spec: { schedules: ["0 * * * *"], workflowSpec: {}, ...spec },
});
const planned = (name: string, ...times: string[]) => ({ namespace: "a", name, times, more: false });
const at = (clock: string) => `2026-03-01T${clock}:00Z`;

test("who fires first stands first, who is suspended last", () => {
  const crons = [
    cron("off", { suspend: true }),
    cron("never"),
    cron("late", { when: "x" }),
    cron("soon"),
    cron("new"),
  ];
  const found = rowsOf(crons, [
    planned("off", at("00:01")),
    planned("never"),
    planned("late", at("09:00")),
    planned("soon", at("01:00")),
  ]);
  expect(found.map(({ name, surety }) => [name, surety])).toEqual([
    ["soon", "sure"],
    ["late", "when"],
    ["never", "sure"],
    ["off", "suspended"],
  ]);
  expect(comingOf(found).coming.map(({ row }) => row.name)).toEqual(["soon", "late"]);
});

test("what starts too often for a list is named once", () => {
  const clocks = Array.from({ length: 31 }, (_, minute) => at(`01:${String(minute).padStart(2, "0")}`));
  const rows = rowsOf(
    [cron("busy"), cron("rare")],
    [planned("busy", ...clocks), planned("rare", at("05:00"))],
  );
  const { coming, often } = comingOf(rows);
  expect([coming.map(({ row }) => row.name), often.map(({ name }) => name)]).toEqual([["rare"], ["busy"]]);
});

test("firings that lie upon each other are one mark", () => {
  const marks = marksOf([at("06:00"), at("06:05"), at("06:10")], FROM, DAY);
  expect(marks.map(({ count }) => count)).toEqual([2, 1]);
  expect(marks.map(({ at }) => Math.round(at * 1440))).toEqual([360, 370]);
});

test("the axis has each third hour", () => {
  const ticks = ticksOf(FROM, DAY);
  expect(ticks.length).toBeGreaterThanOrEqual(7);
  expect(ticks.every(({ at, text }) => at > 0 && at < 1 && /^\d\d:00$/.test(text))).toBe(true);
});
