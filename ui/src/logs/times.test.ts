import { expect, test } from "vitest";
import { timeOf, timesOf, withTimes } from "./times";

const time = "2026-07-01T10:00:00.123456Z";

test("a moment by the clock that was chosen", () => {
  expect(timeOf(time, "off", 0)).toBe("");
  expect(timeOf(time, "utc", 0)).toBe("10:00:00.123");
  expect(timeOf(time, "zone:Asia/Tokyo", 0)).toBe("19:00:00");
  expect(timeOf(time, "relative", Date.parse("2026-07-01T09:59:58.123Z"))).toBe("+2.0 s");
  expect(timeOf("garbage", "local", 0)).toBe("garbage");
});

test("times that a program writes itself follow the clock; what is no time stays", () => {
  const line = 'time="2026-07-01T10:00:00Z" level=info msg="time=now" time="soon"';
  expect(withTimes(line, "zone:Asia/Tokyo")).toBe('time="19:00:00" level=info msg="time=now" time="soon"');
  expect(withTimes(line, "off")).toBe(line);
});

test("what was kept counts only when it is a clock", () => {
  expect(["utc", "zone:Europe/Berlin", "zone:Nowhere/At-all", 7, undefined].map(timesOf)).toEqual([
    "utc",
    "zone:Europe/Berlin",
    "off",
    "off",
    "off",
  ]);
});
