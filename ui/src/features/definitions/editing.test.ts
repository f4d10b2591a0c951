import { expect, test } from "vitest";
import { changeOf, contentOf, editable } from "./editing";

const live = {
  metadata: { name: "a", resourceVersion: "7", generation: 2, uid: "1" },
  spec: { entrypoint: "main" },
  status: { active: 1 },
};

test("a new status or resource version is no change of the content", () => {
  const later = { ...live, metadata: { ...live.metadata, resourceVersion: "9" }, status: { active: 2 } };
  expect(contentOf(later)).toBe(contentOf(live));
  expect(contentOf({ ...live, spec: { entrypoint: "other" } })).not.toBe(contentOf(live));
});

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
