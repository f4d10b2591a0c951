import { expect, it } from "vitest";
import { addressOf, commandOf, curlOf, heraOf, type Start } from "./command";
import type { WorkflowSpec } from "../../api/types";
import type { SubmitKind } from "../../api/workflows";
import { parseSearch } from "../../app/search";
import { choicesProblem, firstChoices, parametersOf, submitOptionsOf, withoutSecrets } from "./options";
import { type Choice, resolved } from "./resolve";
import { givenChoices, givenValues, readLaunchSearch } from "./search";

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
    templates: [{ name: "main", inputs: { parameters: [{ name: "size" }, { name: "unit", value: "kB" }] } }],
  };
  const choices = {
    ...firstChoices({ day: "1", who: "Ana", size: "2" }),
    entryPoint: "main",
    labels: "",
    priority: "x",
    artifacts: { data: "uploads/a" },
  };
  expect(submitOptionsOf(spec, choices)).toEqual({
    parameters: ["who=Ana", "size=2"],
    artifacts: ["data=uploads/a"],
  });
});

it("shows the inputs of the entrypoint that is chosen, also those with a value", () => {
  const spec = {
    entrypoint: "main",
    templates: [
      { name: "main", inputs: { parameters: [{ name: "size", value: "1" }] } },
      { name: "other", inputs: { parameters: [{ name: "colour" }] } },
    ],
  };
  const names = (entry: string) => parametersOf(spec, entry).map(({ name }) => name);
  expect([names(""), names("other")]).toEqual([["size"], ["colour"]]);
});

it("keeps no secret in presets and in what is copied", () => {
  const parameters = parametersOf({ arguments: { parameters: [{ name: "key" }, { name: "day" }] } }, "", {
    "parameter-type.tiphys.dev/key": "secret",
  });
  expect(withoutSecrets(firstChoices({ key: "k", day: "1" }), parameters).values).toEqual({ day: "1" });
});

it("fills in all of the form from an address", () => {
  const options = { parameters: ["a="], labels: "x=y", entryPoint: "other", priority: 7 };
  const address = new URL(addressOf(BASE, { ...START, options }));
  const search = readLaunchSearch(parseSearch(address.search));
  expect(givenValues(search)).toEqual({ a: "" });
  expect(givenChoices(search)).toEqual({ labels: "x=y", entryPoint: "other", priority: "7" });
});

it("takes parameters from the template that a schedule refers to, with the schedule's values", () => {
  const template = { arguments: { parameters: [{ name: "day", value: "1", description: "d" }] } };
  const cron = {
    workflowTemplateRef: { name: "etl" },
    arguments: { parameters: [{ name: "day", value: "2" }] },
  };
  const one = (kind: SubmitKind, name: string, spec: WorkflowSpec): Choice => ({
    key: `${kind}/${name}`,
    kind,
    name,
    spec,
    annotations: {},
  });
  const all = [one("WorkflowTemplate", "etl", template), one("CronWorkflow", "nightly", cron)];
  const found = all[1] && resolved(all[1], all);
  expect(found?.spec.arguments?.parameters).toEqual([{ name: "day", value: "2", description: "d" }]);
});

it("refuses labels and priorities that nobody could read", () => {
  const problem = (more: object) => choicesProblem(firstChoices({}, more));
  expect([problem({}), problem({ labels: "a=b,c=" })]).toEqual(["", ""]);
  expect(problem({ labels: "a" })).toContain("key=value");
  expect(problem({ priority: "1.5" })).toContain("whole number");
});
