import { expect, test } from "vitest";
import { conditionsOf, nudgesOf, resourcesOf } from "./conditions";

test("conditions that hold are said, with their message", () => {
  const conditions = [
    { type: "Completed", status: "True" },
    { type: "PodRunning", status: "False" },
    { type: "ArtifactGCError", status: "True", message: "no rights" },
    { type: "MetricsError", status: "True" },
  ];
  expect(conditionsOf({ status: { conditions } })).toEqual(["ArtifactGCError: no rights", "MetricsError"]);
});

test("a manifest that leaves nothing open is not nudged, wherever it says so", () => {
  expect(nudgesOf({ spec: {} })).toHaveLength(4);
  expect(
    nudgesOf({
      spec: { activeDeadlineSeconds: 60, podGC: {} },
      status: { storedWorkflowTemplateSpec: { ttlStrategy: {}, securityContext: {} } },
    }),
  ).toEqual([]);
});

test("resources are said with their seconds", () => {
  expect(resourcesOf({ cpu: 3, memory: 10 })).toBe("3 s of cpu, 10 s of memory");
  expect(resourcesOf({})).toBeUndefined();
});
