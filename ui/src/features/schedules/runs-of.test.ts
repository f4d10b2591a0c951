import { expect, test } from "vitest";
import { newestFirst } from "./runs-of";

test("runs of several lists are in one order", () => {
  const born = (creationTimestamp: string) => ({ metadata: { creationTimestamp } });
  const [old, young] = [born("2026-01-01T00:00:00Z"), born("2026-01-02T00:00:00Z")];
  expect(newestFirst([old, young])).toEqual([young, old]);
});
