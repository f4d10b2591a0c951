import { describe, expect, it } from "vitest";
import { cell, csvOf, sorted } from "./columns";
import type { RunNode } from "./model";

const node = (name: string, message: string): RunNode => ({
  id: name,
  name,
  kind: "node",
  phase: "Failed",
  status: { type: "Pod", message },
  parent: null,
  inside: [],
  attempts: [],
  counts: {},
});

describe("the table of nodes", () => {
  it("sorts numbers in names as numbers", () => {
    expect(sorted([node("a(10)", ""), node("a(9)", "")], "name", false).map((each) => each.name)).toEqual([
      "a(9)",
      "a(10)",
    ]);
  });

  it("has the parameters of each node in one cell", () => {
    const one = node("a", "");
    const parameters = [{ name: "region", value: "eu" }, { name: "empty" }];
    expect(cell({ ...one, status: { ...one.status, inputs: { parameters } } }, "inputs")).toBe(
      "region=eu, empty=",
    );
  });

  it("exports text that no spreadsheet runs", () => {
    const text = csvOf([node("a", '=1+1 "x"'), node("b", "one, two")]);
    expect(text.split("\r\n").slice(1, 3)).toEqual([
      `Failed,a,Pod,,,,,"'=1+1 ""x""",,`,
      `Failed,b,Pod,,,,,"one, two",,`,
    ]);
  });
});
