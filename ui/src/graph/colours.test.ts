import { expect, test } from "vitest";
import type { RunModel, RunNode } from "../features/run/model";
import { colouring } from "./colours";

const node = (id: string, took: number, templateName: string): RunNode => ({
  id,
  name: id,
  kind: "node",
  phase: "Succeeded",
  status: {
    id,
    templateName,
    startedAt: new Date(0).toISOString(),
    finishedAt: new Date(took * 1000).toISOString(),
  },
  parent: null,
  inside: [],
  attempts: [],
  counts: {},
});
const model = (...nodes: RunNode[]): RunModel => ({
  root: null,
  nodes: new Map(nodes.map((each) => [each.id, each])),
  links: [],
  causes: [],
});

test("durations are told apart by ratio", () => {
  const nodes = [1, 10, 100, 1000, 100_000].map((took, at) => node(String(at), took, "t"));
  const { look, legend } = colouring("duration", model(...nodes));
  expect(nodes.map(look)).toEqual(["heat-0", "heat-1", "heat-2", "heat-3", "heat-4"]);
  expect(legend[0]?.text).toBe("≤ 10 s");
  expect(look(undefined)).toBe("hue-none");
});

test("the most frequent templates have a colour each, the others share one", () => {
  const nodes = Array.from({ length: 12 }, (_, at) => node(String(at), 1, `t${at}`));
  const { look, legend } = colouring("template", model(...nodes, node("again", 1, "t9")));
  expect(look(nodes[9])).toBe("hue-0");
  expect(legend).toHaveLength(8);
  expect(legend[7]?.text).toBe("5 more");
});
