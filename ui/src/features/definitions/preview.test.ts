import { expect, test } from "vitest";
import type { WorkflowSpec } from "../../api/types";
import { modelOf } from "../run/model";
import { previewOf } from "./preview";

const SPEC = {
  entrypoint: "main",
  templates: [
    {
      name: "main",
      dag: {
        tasks: [
          { name: "a", template: "leaf" },
          { name: "b", template: "inner", depends: "a.Succeeded", withItems: [1, 2] },
        ],
      },
    },
    { name: "inner", steps: [[{ name: "x", template: "leaf" }], [{ name: "y", template: "leaf" }]] },
    { name: "leaf", container: { image: "x" } },
  ],
} as unknown as WorkflowSpec;

test("steps and tasks become nodes with their order", () => {
  const model = modelOf(previewOf("wf", SPEC));
  expect([...model.nodes.values()].map((node) => node.name)).toEqual(["wf", "a", "b ×n", "x", "y"]);
  expect(model.links).toEqual([
    { from: "wf/a", to: "wf/b" },
    { from: "wf/b/x", to: "wf/b/y" },
  ]);
});

test("a template that calls itself comes to an end", () => {
  const spec = {
    entrypoint: "main",
    templates: [
      {
        name: "main",
        steps: [
          [
            { name: "again", template: "main" },
            { name: "more", template: "main" },
          ],
        ],
      },
    ],
  } as unknown as WorkflowSpec;
  expect(Object.keys(previewOf("wf", spec).status?.nodes ?? {}).length).toBeLessThan(310);
});

test("an entrypoint that is not there gives nothing", () => {
  expect(previewOf("wf", { entrypoint: "nowhere" }).status?.nodes).toEqual({});
});

test("what a reference brings is drawn inside it", () => {
  const spec = {
    entrypoint: "main",
    templates: [
      { name: "main", steps: [[{ name: "call", templateRef: { name: "etl", template: "inner" } }]] },
    ],
  } as unknown as WorkflowSpec;
  const found = previewOf("wf", spec, (name, cluster) => (name === "etl" && !cluster ? SPEC : undefined));
  expect(Object.keys(found.status?.nodes ?? {})).toEqual(["wf", "wf/call", "wf/call/x", "wf/call/y"]);
  expect(Object.keys(previewOf("wf", spec).status?.nodes ?? {})).toEqual(["wf", "wf/call"]);
});

test("a schedule that starts a template is drawn as the template", () => {
  const spec = { workflowTemplateRef: { name: "etl" } } as WorkflowSpec;
  expect(Object.keys(previewOf("wf", spec, () => SPEC).status?.nodes ?? {})).toHaveLength(5);
});
