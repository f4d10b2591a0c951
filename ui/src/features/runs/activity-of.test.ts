import { expect, test } from "vitest";
import { bucketsOf } from "./activity-of";

const run = (startedAt: string, phase: string) => ({ status: { startedAt, phase } });

test("runs are counted in bars of a width that people think in", () => {
  const buckets = bucketsOf(
    [
      run("2026-01-01T10:01:00Z", "Succeeded"),
      run("2026-01-01T10:40:00Z", "Failed"),
      run("2026-01-01T10:41:00Z", "Failed"),
    ],
    20,
  );
  expect(buckets).toHaveLength(9);
  expect(buckets[0]?.counts).toEqual({ Succeeded: 1 });
  expect(buckets.at(-1)).toMatchObject({ all: 2, counts: { Failed: 2 } });
});

test("no runs, no bars; a run without a time is left out", () => {
  expect(bucketsOf([], 10)).toEqual([]);
  expect(bucketsOf([{}], 10)).toEqual([]);
});
