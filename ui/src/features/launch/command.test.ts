import { expect, it } from "vitest";
import { commandOf } from "./command";
import { givenValues, readLaunchSearch } from "./search";

it("quotes what a shell would read otherwise", () => {
  expect(commandOf("ns", "WorkflowTemplate", "etl", ["a=x y", "b=it's"], "")).toBe(
    `tiphys submit -n ns --from workflowtemplate/etl -p 'a=x y' -p 'b=it'\\''s'`,
  );
});

it("reads values from Argo's addresses", () => {
  const search = readLaunchSearch({ template: "etl", "parameters[day]": "1", phase: "x" });
  expect([search.template, givenValues(search)]).toEqual(["etl", { day: "1" }]);
});
