import { expect, test } from "vitest";
import { beside } from "./run-keys";

const runs = ["c", "b", "a"].map((uid) => ({ metadata: { uid } }));

test("runs stand beside each other, newest first", () => {
  expect(beside(runs, "b", true)?.metadata?.uid).toBe("c");
  expect(beside(runs, "b", false)?.metadata?.uid).toBe("a");
  expect(beside(runs, "c", true)).toBeNull();
  expect(beside(runs, "gone", true)).toBeNull();
});
