import { expect, it } from "vitest";
import { fieldsIn } from "./schema";

it("offers the fields of the place, through lists, choices and references", () => {
  const all = {
    Workflow: { properties: { spec: { anyOf: [{ type: "null" }, { $ref: "#/components/schemas/Spec" }] } } },
    Spec: { properties: { templates: { type: "array", items: { $ref: "#/components/schemas/Template" } } } },
    Template: {
      properties: { name: { type: "string", description: "Its name." }, steps: { type: "array" } },
    },
  };
  expect(fieldsIn(all, "Workflow", ["spec", "templates"]).map((field) => field.label)).toEqual([
    "name",
    "steps",
  ]);
  expect(fieldsIn(all, "Workflow", ["spec", "nonsense"])).toEqual([]);
  expect(fieldsIn({}, "Workflow", [])).toEqual([]);
});
