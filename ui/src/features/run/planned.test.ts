import { describe, expect, it } from "vitest";
import type { Workflow } from "../../api/types";
import { withFirstNode } from "./before-start";
import { modelOf } from "./model";
import { namesIn, planOf } from "./planned";

const run: Workflow = {
  metadata: { name: "w" },
  spec: {
    templates: [
      {
        name: "main",
        dag: {
          tasks: [
            { name: "a", template: "t" },
            { name: "b", template: "t", depends: "a.Succeeded && !c" },
            { name: "c", template: "t", dependencies: ["a"] },
          ],
        },
      },
    ],
  },
  status: {
    nodes: {
      w: { id: "w", name: "w", type: "DAG", phase: "Running", templateName: "main" },
      "w-1": { id: "w-1", name: "w.a", displayName: "a", type: "Pod", phase: "Running", boundaryID: "w" },
    },
  },
};

describe("what is planned", () => {
  it("is the whole plan while a run waits for its first step", () => {
    const waiting = { ...run, spec: { ...run.spec, entrypoint: "main" }, status: { phase: "Pending" } };
    const model = modelOf(withFirstNode(waiting));
    expect(model.nodes.get("w")).toMatchObject({ phase: "Pending", inside: [] });
    expect(planOf(waiting, model).nodes.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    const over = { ...waiting, status: { phase: "Error" } };
    expect([withFirstNode(over), withFirstNode(run)]).toEqual([over, run]);
  });

  it("are the tasks that are no nodes yet, with what they wait for", () => {
    const plan = planOf(run, modelOf(run));
    expect(plan.nodes.map((node) => node.name)).toEqual(["b", "c"]);
    expect(plan.links).toEqual([
      { from: "w-1", to: "plan:w:b" },
      { from: "plan:w:c", to: "plan:w:b" },
      { from: "w-1", to: "plan:w:c" },
    ]);
  });

  it("is nothing once the run is over", () => {
    const over = { ...run, status: { ...run.status, finishedAt: "2026-01-01T00:00:00Z" } };
    expect(planOf(over, modelOf(over)).nodes).toEqual([]);
  });

  it("reads names from conditions", () => {
    expect(namesIn("(a.Succeeded || b-2.Failed) && !c")).toEqual(["a", "b-2", "c"]);
  });
});
