import { expect, test } from "vitest";
import { pointsOf } from "./points";

const known = (uid: string, took: number) => ({
  uid,
  namespace: "default",
  name: uid,
  phase: "Succeeded",
  startedAt: "2026-01-01T10:00:00Z",
  took,
  archived: true,
});

test("what is loaded counts more than what the server knew; a run that goes on lasts until now", () => {
  const now = Date.parse("2026-01-01T11:01:00Z");
  const loaded = [
    { metadata: { uid: "a" }, status: { phase: "Running", startedAt: "2026-01-01T11:00:00Z" } },
    { metadata: { uid: "pending", creationTimestamp: "2026-01-01T11:00:30Z" }, status: {} },
    { metadata: { uid: "no time" } },
  ];
  const points = pointsOf([known("a", 5), known("b", 7)], loaded, now);
  expect(points.map(({ id, phase, took, archived }) => [id, phase, took, archived])).toEqual([
    ["a", "Running", 60, false],
    ["b", "Succeeded", 7, true],
    ["pending", "Pending", 0, false],
  ]);
});
