import { expect, it } from "vitest";
import { creatorOf, originOf, originsOf, originText, scheduleOf, templateNamed } from "./origin";

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

it("a run belongs to its schedule, one of a backfill too", () => {
  const named = (name: string, labels: Record<string, string>) => ({ metadata: { name, labels } });
  const backfill = { "workflows.argoproj.io/backfill": "march" };
  const made = named("a-backfill-march-backfill-march-x1", backfill);
  expect(scheduleOf(named("nightly-1", { "workflows.argoproj.io/cron-workflow": "nightly" }))).toBe(
    "nightly",
  );
  expect(scheduleOf(made)).toBe("a-backfill-march");
  expect(scheduleOf(named("a-backfill-march-x1", {}))).toBeUndefined();
  expect(originText(made)).toBe("a-backfill-march (backfill)");
  expect(originText(named("other", backfill))).toBe("march (backfill)");
  expect(originText(named("mine", {}))).toBe("");
});

it("who started a run has a name that people know, when there is one", () => {
  const creator = "workflows.argoproj.io/creator";
  expect(creatorOf(run({ [creator]: "system-serviceaccount-default-ana" }))).toBe(
    "system-serviceaccount-default-ana",
  );
  expect(creatorOf(run({ [creator]: "x", [`${creator}-email`]: "ana.at.example.com" }))).toBe(
    "ana.at.example.com",
  );
  expect(creatorOf(run({}))).toBeUndefined();
});
