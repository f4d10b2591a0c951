import { describe, expect, it } from "vitest";
import type { NodeStatus } from "../api/types";
import { modelOf } from "../features/run/model";
import { sceneOf } from "./scene";

const nodes: Record<string, NodeStatus> = {
  w: { id: "w", name: "w", type: "DAG", phase: "Running", children: ["n"] },
  n: {
    id: "n",
    name: "w.n",
    displayName: "n",
    type: "DAG",
    phase: "Running",
    boundaryID: "w",
    children: ["x"],
  },
  x: { id: "x", name: "w.n.x", displayName: "x", type: "Pod", phase: "Running", boundaryID: "n" },
};
const model = modelOf({ metadata: { name: "w" }, status: { nodes } });

describe("the scene", () => {
  it("leaves the root out and shows what open groups hold", () => {
    const none = { nodes: [], links: [] };
    expect([...sceneOf(model, none, new Set(["w"])).nodes.keys()]).toEqual(["n"]);
    const scene = sceneOf(model, none, new Set(["w", "n"]));
    expect(scene.items.map((item) => [item.id, item.parent, item.open])).toEqual([
      ["n", null, true],
      ["x", "n", false],
    ]);
  });

  it("draws what is planned beside what is there, with its links", () => {
    const plan = {
      nodes: [{ id: "plan:w:z", name: "z", parent: "w" }],
      links: [{ from: "n", to: "plan:w:z" }],
    };
    const scene = sceneOf(model, plan, new Set(["w"]));
    expect(scene.nodes.get("plan:w:z")?.planned).toBe(true);
    expect(scene.links).toEqual([{ from: "n", to: "plan:w:z" }]);
  });
});
