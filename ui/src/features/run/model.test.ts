import { describe, expect, it } from "vitest";
import type { NodeStatus, Workflow } from "../../api/types";
import { loopName } from "./helper-nodes";
import { modelOf } from "./model";

/** A run from lines: `id type phase boundary children…`; `-` is nothing. */
function run(...lines: string[]): Workflow {
  const nodes: Record<string, NodeStatus> = {};
  lines.forEach((line, at) => {
    const [id = "", type = "", phase = "", boundary = "-", ...children] = line.split(" ");
    nodes[id] = {
      id,
      name: id,
      displayName: id.replace(/^.*\./, ""),
      type,
      phase,
      startedAt: `2026-01-01T00:00:${String(at).padStart(2, "0")}Z`,
      ...(boundary === "-" ? {} : { boundaryID: boundary }),
      ...(children.length ? { children } : {}),
    };
  });
  return { metadata: { name: "w" }, status: { nodes } };
}

const pairs = (workflow: Workflow): string[] =>
  modelOf(workflow)
    .links.map(({ from, to }) => `${from}>${to}`)
    .sort();

describe("the model of a run", () => {
  it("hides step groups and links steps across them", () => {
    const workflow = run(
      "w Steps Running - g0",
      "g0 StepGroup Succeeded w a b",
      "a Pod Succeeded w g1",
      "b Pod Succeeded w g1",
      "g1 StepGroup Running w c",
      "c Pod Running w",
    );
    const model = modelOf(workflow);
    expect(model.nodes.get("w")?.inside).toEqual(["a", "b", "c"]);
    expect(pairs(workflow)).toEqual(["a>c", "b>c"]);
  });

  it("has nodes of the same second in the order of their links, then of their names", () => {
    const workflow = run(
      "w DAG Running - build",
      "build Pod Succeeded w approve b10 b9",
      "approve Suspend Running w",
      "b10 Pod Running w",
      "b9 Pod Running w",
    );
    for (const node of Object.values(workflow.status?.nodes ?? {})) node.startedAt = "2026-01-01T00:00:00Z";
    expect(modelOf(workflow).nodes.get("w")?.inside).toEqual(["build", "approve", "b9", "b10"]);
  });

  it("links out of a nested boundary from the boundary itself", () => {
    const workflow = run(
      "w DAG Running - n",
      "n DAG Succeeded w x",
      "x Pod Succeeded n y",
      "y Pod Running w",
    );
    expect(pairs(workflow)).toEqual(["n>y"]);
  });

  it("keeps attempts behind their step, and links from the step", () => {
    const workflow = run(
      "w DAG Failed - r",
      "r Retry Succeeded w r(0) r(1)",
      "r(0) Pod Failed w",
      "r(1) Pod Succeeded w z",
      "z Pod Failed w",
    );
    const model = modelOf(workflow);
    expect([...model.nodes.keys()]).toEqual(["w", "r", "z"]);
    expect(model.nodes.get("r")?.attempts.map((each) => each.id)).toEqual(["r(0)", "r(1)"]);
    expect(pairs(workflow)).toEqual(["r>z"]);
    expect(model.causes.map((each) => each.id)).toEqual(["z"]);
  });

  it("names the last attempt as the cause when all failed", () => {
    const workflow = run("w Retry Failed - w(0) w(1)", "w(0) Pod Failed -", "w(1) Pod Failed -");
    expect(modelOf(workflow).causes.map((each) => each.id)).toEqual(["w(1)"]);
  });

  it("folds wide loops into one thing with counts", () => {
    const items = Array.from(
      { length: 12 },
      (_, at) => `w.l(${at}:${at}) Pod ${at === 5 ? "Failed" : "Succeeded"} w`,
    );
    const workflow = run(
      "w DAG Failed - t",
      `t TaskGroup Failed w ${items.map((each) => each.split(" ")[0]).join(" ")}`,
      ...items,
    );
    const model = modelOf(workflow);
    const loop = model.nodes.get("loop:w:l");
    expect([loop?.name, loop?.phase, loop?.inside.length]).toEqual(["l ×12", "Failed", 12]);
    expect(loop?.counts).toEqual({ Succeeded: 11, Failed: 1 });
    expect(model.nodes.get("w")?.inside).toEqual(["loop:w:l"]);
  });

  it("reads the name of a loop from its items", () => {
    expect(["a(0)", "a(3:eu)", "a(1:x(y))", "a", "a(b)"].map(loopName)).toEqual(["a", "a", "a", null, null]);
  });

  it("has nothing to show before the first node", () => {
    expect(modelOf({ metadata: { name: "w" } })).toMatchObject({
      root: null,
      links: [],
      causes: [],
    });
  });
});
