import { expect, it } from "vitest";
import { valuesOf, variablesOf } from "./values";

const TEXT = `spec:
  entrypoint: main
  arguments:
    parameters:
      - name: day
  templates:
    - name: main
      dag:
        tasks:
          - name: load
            template: work
    - name: work
      inputs:
        parameters:
          - name: size
`;

it("offers templates, choices and booleans as values", () => {
  const labels = (path: string[], type = "") => valuesOf(TEXT, path, type).map(({ label }) => label);
  expect(labels(["spec", "templates", "dag", "tasks", "template"])).toEqual(["main", "work"]);
  expect(labels(["spec", "concurrencyPolicy"])).toContain("Forbid");
  expect(labels(["spec", "suspend"], "boolean")).toEqual(["true", "false"]);
  expect(labels(["metadata", "name"], "string")).toEqual([]);
});

it("offers the variables that a text has", () => {
  const labels = variablesOf(TEXT).map(({ label }) => label);
  expect(labels).toEqual(
    expect.arrayContaining([
      "workflow.parameters.day",
      "inputs.parameters.size",
      "tasks.load.outputs.result",
      "workflow.name",
    ]),
  );
});
