import { expect, test } from "vitest";
import type { NodeStatus } from "../api/types";
import { modelOf } from "../features/run/model";
import { mermaidOf, svgOf } from "./export";
import { nestedLayout } from "./nested";
import { sceneOf } from "./scene";

const node = (id: string, name: string, boundaryID: string | undefined, more: object = {}): NodeStatus => ({
  id,
  name,
  displayName: name,
  type: "Pod",
  phase: "Succeeded",
  ...(boundaryID === undefined ? {} : { boundaryID }),
  ...more,
});
const nodes = [
  node("w", "w", undefined, { type: "DAG", children: ["a"] }),
  node("a", 'a<"1">', "w", { children: ["g"] }),
  node("g", "g", "w", { type: "Steps", children: ["b"] }),
  node("b", "b", "g", { phase: "Failed" }),
];
const model = modelOf({
  metadata: { name: "w" },
  status: { nodes: Object.fromEntries(nodes.map((each) => [each.id ?? "", each])) },
});
const scene = sceneOf(model, { nodes: [], links: [] }, new Set(["w", "g"]));

test("Mermaid has a subgraph for each open group, links and classes", () => {
  expect(mermaidOf(scene).split("\n")).toEqual([
    "flowchart LR",
    '  n0["a<#quot;1#quot;>"]:::succeeded',
    '  subgraph n1["g"]',
    '    n2["b"]:::failed',
    "  end",
    "  n0 --> n1",
    "  classDef succeeded stroke:#1a7f4b",
    "  classDef failed stroke:#b3261e",
    "",
  ]);
});

test("SVG is well formed whatever nodes are called", () => {
  const ink = { text: "#000", line: "#999", surface: "#fff", background: "#eee", of: () => "green" };
  const svg = svgOf(scene, nestedLayout(scene.items, scene.links), ink);
  expect(svg).toContain("<title>a&lt;&quot;1&quot;&gt;: Succeeded</title>");
  expect(svg.match(/<path /g)).toHaveLength(1);
  expect(svg.match(/<g>/g)?.length).toBe(svg.match(/<\/text><\/g>/g)?.length);
});
