import { expect, test } from "vitest";
import type { PhaseName } from "../../../components/phase";
import { bucketsOf } from "./buckets";

const point = (at: string, phase: PhaseName = "Succeeded") => ({
  id: at,
  namespace: "",
  name: "",
  phase,
  at: Date.parse(at),
  took: 1,
  archived: false,
});

test("points are counted in stretches of a width that people think in", () => {
  const buckets = bucketsOf(
    [
      point("2026-01-01T10:01:00Z"),
      point("2026-01-01T10:40:00Z", "Failed"),
      point("2026-01-01T10:41:00Z", "Failed"),
    ],
    20,
  );
  expect(buckets).toHaveLength(13);
  expect(buckets[2]).toMatchObject({ from: Date.parse("2026-01-01T10:00:00Z"), counts: { Succeeded: 1 } });
  expect(buckets.at(-3)).toMatchObject({ all: 2, counts: { Failed: 2 } });
});

test("a range that is chosen is in sight, also where nothing started", () => {
  const range = { from: Date.parse("2026-01-01T08:00:00Z"), to: Date.parse("2026-01-01T09:00:00Z") };
  const buckets = bucketsOf([point("2026-01-01T10:00:00Z")], 20, range);
  expect(buckets[1]?.from).toBe(range.from);
  expect(buckets.at(-2)?.all).toBe(1);
});

test("runs that began at once stand in the middle of a minute", () => {
  const buckets = bucketsOf([point("2026-01-01T10:00:00Z"), point("2026-01-01T10:00:01Z")], 60);
  expect(buckets.map((bucket) => bucket.all)).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]);
  expect((buckets.at(-1)?.to ?? 0) - (buckets[0]?.from ?? 0)).toBe(65_000);
});

test("nothing, no stretches", () => expect(bucketsOf([], 10)).toEqual([]));
