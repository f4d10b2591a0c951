import { expect, it } from "vitest";
import { originOf, originsOf, templateNamed } from "./origin";

const run = (labels: Record<string, string>, spec: object = {}) => ({ metadata: { labels }, spec });

it("a run may have several origins, of which the schedule is the first", () => {
  const labels = {
    "workflows.argoproj.io/workflow-template": "etl",
    "workflows.argoproj.io/cron-workflow": "nightly",
    "workflows.argoproj.io/resubmitted-from-workflow": "etl-1",
  };
  expect(originsOf(run(labels)).map(({ kind, name }) => [kind, name])).toEqual([
    ["schedule", "nightly"],
    ["template", "etl"],
    ["run", "etl-1"],
  ]);
  expect(originOf(run(labels))?.name).toBe("nightly");
  expect(originOf(run({}))).toBeNull();
});

it("the template of a run is the one that it refers to, else that of its labels", () => {
  const labels = { "workflows.argoproj.io/cluster-workflow-template": "shared" };
  expect(templateNamed(run(labels))).toEqual({ name: "shared", cluster: true });
  expect(templateNamed(run(labels, { workflowTemplateRef: { name: "own" } }))).toEqual({
    name: "own",
    cluster: false,
  });
  expect(templateNamed(run({}))).toBeNull();
});
