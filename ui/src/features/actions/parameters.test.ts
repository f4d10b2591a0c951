import { describe, expect, it } from "vitest";
import { changedParameters } from "./changed-parameters";
import { listOf, parameterKind, parameterProblem, withHints } from "./parameter-kind";

describe("parameters", () => {
  it("get the control that fits", () => {
    const kinds = [
      { name: "a", enum: ["x", "y"], value: "x" },
      { name: "a", value: "true" },
      { name: "a", default: "12.5" },
      { name: "a", value: "[1]" },
      { name: "a", value: "hello" },
      { name: "a" },
    ].map(parameterKind);
    expect(kinds).toEqual(["choice", "switch", "number", "long", "text", "text"]);
  });

  it("are checked, but only where the default says what they are", () => {
    expect(parameterProblem({ name: "a" }, undefined)).toBe("A value is needed");
    expect(parameterProblem({ name: "a", value: "1" }, "x")).toBe("Not a number");
    expect(parameterProblem({ name: "a", value: "{}" }, "{")).toBe("Not JSON");
    expect(parameterProblem({ name: "a", value: "x" }, "")).toBe("");
  });

  it("have the types that an annotation gives them", () => {
    const named = (name: string, more = {}) => ({ name, value: "1", ...more });
    const hints = { "parameter-type.tiphys.dev/n": "int", "parameter-type.tiphys.dev/m": "multi: x, y" };
    const typed = withHints([named("n"), named("m"), named("o", { value: "w" })], hints);
    expect(typed.map(parameterKind)).toEqual(["int", "multi", "text"]);
    expect(typed.map((each) => parameterProblem(each, "1.5"))).toEqual(["Not a whole number", "", ""]);
    expect(listOf('["x"]')).toEqual(["x"]);
  });

  it("need no value when a ConfigMap has one", () => {
    const valueFrom = { configMapKeyRef: { name: "m", key: "k" } };
    expect(parameterProblem({ name: "a", valueFrom }, undefined)).toBe("");
  });

  it("are sent only when they differ", () => {
    const parameters = [{ name: "a", value: "1" }, { name: "b", default: "2" }, { name: "c" }];
    expect(changedParameters(parameters, { a: "1", b: "3", c: "=" })).toEqual(["b=3", "c=="]);
  });
});
