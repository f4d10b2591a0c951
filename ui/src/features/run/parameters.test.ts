import { expect, it } from "vitest";
import { parametersOf } from "./parameters";

it("parameters of a run keep what its template says of them", () => {
  const run = {
    spec: {
      arguments: {
        parameters: [
          { name: "env", value: "prod" },
          { name: "own", value: "1" },
        ],
      },
    },
    status: {
      storedWorkflowTemplateSpec: {
        arguments: {
          parameters: [
            { name: "env", value: "dev", enum: ["dev", "prod"] },
            { name: "day", value: "7" },
          ],
        },
      },
    },
  };
  expect(parametersOf(run)).toEqual([
    { name: "env", value: "prod", enum: ["dev", "prod"] },
    { name: "day", value: "7" },
    { name: "own", value: "1" },
  ]);
  expect(parametersOf({})).toEqual([]);
});

it("parameters that were replaced have their choices from the run before, but nothing that the run lacks", () => {
  const run = {
    spec: {
      arguments: {
        parameters: [
          { name: "mode", value: "slow" },
          { name: "n", value: "1" },
        ],
      },
    },
  };
  const told = [
    { name: "mode", value: "fast", enum: ["fast", "slow"], description: "How it runs" },
    { name: "gone", value: "1" },
  ];
  expect(parametersOf(run, told)).toEqual([
    { name: "mode", value: "slow", enum: ["fast", "slow"], description: "How it runs" },
    { name: "n", value: "1" },
  ]);
});
