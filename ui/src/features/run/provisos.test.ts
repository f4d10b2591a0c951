import { expect, test } from "vitest";
import { modelOf } from "./model";
import { planOf } from "./planned";
import { provisosOf, shortly } from "./provisos";

const node = (id: string, more: object = {}) => ({
  id,
  name: id,
  displayName: id,
  type: "Pod",
  phase: "Succeeded",
  boundaryID: "wf",
  startedAt: "2026-01-01T00:00:00Z",
  ...more,
});

test("conditions of tasks, also of loops and of what is still to come", () => {
  const items = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`each-${at}`, node(`each-${at}`, { displayName: `each(${at})` })]),
  );
  const run = {
    metadata: { name: "wf" },
    spec: {
      templates: [
        {
          name: "main",
          dag: {
            tasks: [
              { name: "a", template: "x" },
              { name: "b", template: "x", depends: "a && c", when: "{{tasks.a.outputs.result}} == 1" },
              { name: "each", template: "x", depends: "a.Failed || a.Errored" },
              { name: "late", template: "x", depends: "!b", when: "true" },
            ],
          },
        },
      ],
    },
    status: {
      nodes: {
        wf: node("wf", { type: "DAG", phase: "Running", templateName: "main", boundaryID: undefined }),
        a: node("a"),
        b: node("b"),
        ...items,
      },
    },
  };
  const model = modelOf(run);
  expect(Object.fromEntries(provisosOf(run, model, planOf(run, model)))).toEqual({
    b: "when {{tasks.a.outputs.result}} == 1",
    "loop:wf:each": "if a.Failed || a.Errored",
    "plan:wf:late": "when true, if !b",
  });
});

test("a graph has room for the short form only", () => {
  expect(shortly("when {{tasks.flip.outputs.result}} == heads")).toBe("when flip.result == heads");
  expect(shortly("when {{= inputs.parameters.n > 3 }}, if a.Failed")).toBe("when n > 3, if a.Failed");
});
