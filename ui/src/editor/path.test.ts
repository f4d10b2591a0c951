import { describe, expect, it } from "vitest";
import { pathAt, stepsOf } from "./path";

const TEXT = `metadata:
  name: a
spec:
  templates:
  - name: main
    container:
      image: x
      `;

describe("places in YAML", () => {
  it("have the keys above them", () => {
    expect(pathAt(TEXT, TEXT.length)).toEqual(["spec", "templates", "container"]);
    expect(pathAt(TEXT, TEXT.indexOf("container"))).toEqual(["spec", "templates"]);
    expect(pathAt("spec:\n  ar", 8)).toEqual(["spec"]);
    expect(pathAt("spe", 3)).toEqual([]);
  });

  it("are written as the server does", () => {
    expect(stepsOf("spec.templates[0].steps[1][0].name")).toEqual([
      "spec",
      "templates",
      0,
      "steps",
      1,
      0,
      "name",
    ]);
  });
});
