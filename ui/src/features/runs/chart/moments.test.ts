import { expect, test } from "vitest";
import { momentsOf, rangeOf } from "./moments";

const at = (text: string): number => Date.parse(`2026-01-01T${text}Z`);
const SHOWN = { from: at("10:00:00"), to: at("11:00:00") };

test("a stretch of time goes into the address and comes back as it was", () => {
  const range = { from: at("10:15:00"), to: at("10:30:00") };
  const moments = momentsOf(range, SHOWN, {});
  expect(moments).toEqual({
    startedAfter: "2026-01-01T10:14:59.999Z",
    startedBefore: "2026-01-01T10:30:00.000Z",
  });
  expect(rangeOf(moments, [])).toEqual(range);
});

test("an end at the edge stays open, for runs to come; an older one of the address stays", () => {
  const late = { from: at("10:15:00"), to: SHOWN.to };
  expect(momentsOf(late, SHOWN, {}).startedBefore).toBeUndefined();
  const early = { from: SHOWN.from, to: at("10:15:00") };
  expect(momentsOf(early, SHOWN, { startedAfter: "2026-01-01T09:59:59.999Z" }).startedAfter).toBeDefined();
  expect(momentsOf(early, SHOWN, { startedAfter: "2026-01-01T10:10:00Z" }).startedAfter).toBeUndefined();
});

test("without an end it reaches to the first or the last run; the other way round it is none", () => {
  const points = [{ at: at("10:05:00") }, { at: at("10:55:00") }];
  expect(rangeOf({ startedAfter: "2026-01-01T10:30:00Z" }, points)).toEqual({
    from: at("10:30:00"),
    to: at("10:55:00") + 1,
  });
  expect(
    rangeOf({ startedAfter: "2026-01-01T10:30:00Z", startedBefore: "2026-01-01T10:00:00Z" }, points),
  ).toBeNull();
});
