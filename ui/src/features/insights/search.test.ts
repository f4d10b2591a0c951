import { expect, test } from "vitest";
import { beginOf, readInsightsSearch } from "./search";

test("labels and a window are read from the address, anything else is left out", () => {
  expect(readInsightsSearch({ labels: "team=ml", days: "7" })).toEqual({ labels: "team=ml", days: "7" });
  expect(readInsightsSearch({ days: "30" })).toEqual({ days: "30" });
  expect(readInsightsSearch({ days: "8", labels: "" })).toEqual({});
});

test("a window begins at a whole hour", () => {
  const now = Date.parse("2026-03-10T12:34:56Z");
  expect(beginOf("1", now)).toBe("2026-03-09T12:00:00.000Z");
  expect(beginOf(undefined, now)).toBeUndefined();
});
