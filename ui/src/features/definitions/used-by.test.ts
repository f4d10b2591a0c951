import { expect, it } from "vitest";
import { usersOf } from "./used-by";

const call = (name: string, clusterScope?: boolean) => ({
  spec: {
    templates: [{ name: "m", steps: [[{ name: "s", templateRef: { name, template: "m", clusterScope } }]] }],
  },
});

it("finds schedules, templates and bindings that use a template, and not those of the other scope", () => {
  const all = {
    crons: [{ metadata: { name: "c" }, spec: { workflowSpec: { workflowTemplateRef: { name: "etl" } } } }],
    templates: [
      { metadata: { name: "t" }, ...call("etl") },
      { metadata: { name: "u" }, ...call("etl", true) },
    ],
    clusterTemplates: [],
    bindings: [
      {
        metadata: { name: "b" },
        spec: { event: { selector: "true" }, submit: { workflowTemplateRef: { name: "etl" } } },
      },
    ],
  } as unknown as Parameters<typeof usersOf>[2];
  const found = (cluster: boolean) => usersOf("etl", cluster, all).map(({ kind, name }) => `${kind} ${name}`);
  expect(found(false)).toEqual(["schedule c", "template t", "event binding b"]);
  expect(found(true)).toEqual(["template u"]);
});
