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
