import { expect, test } from "vitest";
import { modelOf } from "../features/run/model";
import { fitting, flippedFacet, isChosen, itemsOf, matching, valuesOf } from "./facets";

const pod = (id: string, phase: string, templateName: string, boundaryID = "w") => ({
  id,
  name: id,
  displayName: id,
  type: "Pod",
  phase,
  templateName,
  boundaryID,
});
const nodes = {
  w: { id: "w", name: "w", displayName: "w", type: "DAG", phase: "Failed", children: ["a", "g"] },
  a: pod("a", "Succeeded", "load, all"),
  g: {
    id: "g",
    name: "g",
    displayName: "g",
    type: "Steps",
    phase: "Failed",
    boundaryID: "w",
    children: ["b"],
  },
  b: pod("b", "Failed", "check", "g"),
  c: pod("c", "Failed", "load, all"),
};
const model = modelOf({ metadata: { name: "w" }, status: { nodes } });

test("values are counted, the most frequent first", () => {
  expect(valuesOf("template", model)).toEqual([
    ["load, all", 2],
    ["check", 1],
  ]);
});

test("values of one facet add up, several facets narrow; groups stay with what is in them", () => {
  const failed = flippedFacet(undefined, "phase", "Failed");
  const pods = flippedFacet(failed, "type", "Pod");
  expect(pods).toBe("phase:Failed,type:Pod");
  expect([...(fitting(pods, model) ?? [])].sort()).toEqual(["b", "c", "g", "w"]);
  const loads = flippedFacet(pods, "template", "load, all");
  expect(isChosen(loads, "template", "load, all")).toBe(true);
  expect([...(fitting(loads, model) ?? [])].sort()).toEqual(["c", "w"]);
  expect(flippedFacet(failed, "phase", "Failed")).toBeUndefined();
  expect(fitting(undefined, model)).toBeNull();
  expect([...(fitting("phase:%", model) ?? [])]).toEqual([]);
});

test("the items of a loop, of one phase", () => {
  const items = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => {
      const id = `each(${at})`;
      return [id, pod(id, at === 4 ? "Failed" : "Succeeded", "load")];
    }),
  );
  const loop = modelOf({ metadata: { name: "w" }, status: { nodes: { ...nodes, ...items } } });
  const names = (only: string): string[] => matching(only, loop).map(({ name }) => name);
  expect(names(itemsOf("loop:w:each", "Failed"))).toEqual(["each(4)"]);
  expect(names(itemsOf("loop:w:each"))).toHaveLength(9);
});
