import { expect, test } from "vitest";
import { waitFor } from "./reload";

test("a missing part is asked for some times, each later, and anew after a while", () => {
  const now = 1_000_000;
  expect(waitFor({ count: 0, at: 0 }, now)).toBe(0);
  const waits = [1, 2, 3, 4].map((count) => waitFor({ count, at: now - 100 }, now));
  expect(waits).toEqual([1_000, 3_000, 5_000, null]);
  expect(waitFor({ count: 4, at: now - 61_000 }, now)).toBe(0);
});
