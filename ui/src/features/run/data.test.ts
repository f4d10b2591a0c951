import { expect, it } from "vitest";
import { newer } from "./data";

const run = (uid: string, resourceVersion: string) => ({ metadata: { uid, resourceVersion } });

it("keeps the later state of the same run", () => {
  expect(newer(run("a", "10"), run("a", "9"))).toEqual(run("a", "10"));
  expect(newer(run("a", "9"), run("a", "10"))).toEqual(run("a", "10"));
  expect(newer(run("a", "10"), run("b", "1"))).toEqual(run("b", "1"));
  expect(newer(undefined, run("a", "1"))).toEqual(run("a", "1"));
});
