import { describe, expect, it } from "vitest";
import { ago, duration, seconds } from "./time";

describe("times", () => {
  it("writes durations in the two largest units", () => {
    expect([0, 0.42, 9.99, 59.6, 61, 3599, 7500, 100_000].map(duration)).toEqual([
      "0 s",
      "0.4 s",
      "10.0 s",
      "1 m 00 s",
      "1 m 01 s",
      "59 m 59 s",
      "2 h 05 m",
      "1 d 3 h",
    ]);
    expect(duration(null)).toBe("–");
  });

  it("counts until now while something runs, never below zero", () => {
    const now = Date.parse("2026-01-01T00:00:10Z");
    expect(seconds("2026-01-01T00:00:00Z", undefined, now)).toBe(10);
    expect(seconds("2026-01-01T00:00:20Z", null, now)).toBe(0);
    expect(seconds(undefined, undefined, now)).toBeNull();
  });

  it("says how long ago", () => {
    const now = Date.parse("2026-01-02T00:00:00Z");
    expect(
      ["2026-01-01T23:59:40Z", "2026-01-01T23:55:00Z", "2026-01-01T21:00:00Z"].map((at) => ago(at, now)),
    ).toEqual(["now", "5 min ago", "3 h ago"]);
  });
});

it("writes the moment itself for those who want it", () => {
  expect(ago("2026-01-02T03:04:05.678Z", 0, "UTC")).toBe("2026-01-02T03:04:05Z");
});
