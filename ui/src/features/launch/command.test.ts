import { expect, it } from "vitest";
import { addressOf, commandOf, curlOf, heraOf, type Start } from "./command";
import { firstChoices, submitOptionsOf } from "./options";
import { givenValues, readLaunchSearch } from "./search";

const START: Start = {
  namespace: "ns",
  kind: "WorkflowTemplate",
  name: "etl",
  options: { parameters: ["a=x y", "b=it's"] },
};
const BASE = "http://localhost:2746/argo/";

it("quotes what a shell would read otherwise", () => {
  expect(commandOf({ ...START, options: { ...START.options, priority: 3 } })).toBe(
    `tiphys submit -n ns --from workflowtemplate/etl -p 'a=x y' -p 'b=it'\\''s' --priority 3`,
  );
  expect(curlOf(BASE, START)).toContain(`"parameters":["a=x y","b=it'\\''s"]`);
});

it("writes the same start for Hera and as an address that the form reads again", () => {
  expect(heraOf(BASE, START)).toContain(`arguments={"a": "x y", "b": "it's"}`);
  const address = new URL(addressOf(BASE, START));
  const search = readLaunchSearch(Object.fromEntries(address.searchParams));
  expect([address.pathname, search.template, givenValues(search)]).toEqual([
    "/argo/workflows/ns",
    "etl",
    { a: "x y", b: "it's" },
  ]);
});

it("reads values from Argo's addresses", () => {
  const search = readLaunchSearch({ template: "etl", "parameters[day]": "1", phase: "x" });
  expect([search.template, givenValues(search)]).toEqual(["etl", { day: "1" }]);
});

it("sends only what differs from the template", () => {
  const spec = {
    entrypoint: "main",
    arguments: { parameters: [{ name: "day", value: "1" }, { name: "who" }] },
    templates: [{ name: "main", inputs: { parameters: [{ name: "size" }] } }],
  };
  const choices = {
    ...firstChoices({ day: "1", who: "Ana", size: "2" }),
    entryPoint: "main",
    priority: "x",
    artifacts: { data: "uploads/a" },
  };
  expect(submitOptionsOf(spec, choices)).toEqual({
    parameters: ["who=Ana", "size=2"],
    artifacts: ["data=uploads/a"],
  });
});
