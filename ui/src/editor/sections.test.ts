import { expect, it } from "vitest";
import { sectionsOf, templateNames } from "./sections";

const TEXT = `apiVersion: v1
metadata: {name: x}
spec:
  entrypoint: main
  arguments:
    parameters:
      - name: not-a-template
  templates:
    - name: main
      inputs:
        parameters:
          - name: neither
    - container: {image: a}
      name: "other" # last key
  onExit: main
`;

it("finds keys, the spec's fields and templates, wherever their names stand", () => {
  expect(sectionsOf(TEXT).map(({ title }) => title)).toEqual([
    "apiVersion",
    "metadata",
    "spec",
    "spec.entrypoint",
    "spec.arguments",
    "template main",
    "template other",
    "spec.onExit",
  ]);
  const other = sectionsOf(TEXT).find(({ title }) => title === "template other");
  expect(TEXT.slice(other?.from).trimStart()).toMatch(/^name: "other"/);
});

it("finds templates in a text that is not valid, and lists as far left as their key", () => {
  expect(templateNames("spec:\n  templates:\n  - name: a\n    steps: [[\n  - name: b\n")).toEqual(["a", "b"]);
});
