import { expect, test } from "vitest";
import { changeOf, editable } from "./editing";

const live = {
  metadata: { name: "a", resourceVersion: "7", generation: 2, uid: "1" },
  spec: { entrypoint: "main" },
  status: { active: 1 },
};

test("what is saved keeps the status that is there now", () => {
  expect(changeOf(live, { metadata: { name: "a" }, spec: { entrypoint: "x" } })).toEqual({
    metadata: { name: "a", resourceVersion: "7" },
    spec: { entrypoint: "x" },
    status: { active: 1 },
  });
});

test("what only servers write is not edited", () => {
  expect(editable(live)).toEqual({ metadata: { name: "a" }, spec: { entrypoint: "main" } });
});
