import { expect, test } from "vitest";
import type { NodeStatus } from "../../api/types";
import { artifactLinks, linksInSight } from "./artifact-links";
import { modelOf } from "./model";

const node = (id: string, boundaryID: string | undefined, more: object): NodeStatus => ({
  id,
  name: `w.${id}`,
  displayName: id,
  type: "Pod",
  phase: "Succeeded",
  ...(boundaryID === undefined ? {} : { boundaryID }),
  ...more,
});
const artifact = (name: string, key: string) => ({ artifacts: [{ name, s3: { key } }] });
const nodes = [
  node("w", undefined, { type: "DAG", name: "w" }),
  node("make", "w", { outputs: artifact("out", "a/b") }),
  node("group", "w", { type: "Steps", outputs: artifact("passed", "c") }),
  node("inner", "group", { inputs: artifact("in", "a/b"), outputs: artifact("result", "c") }),
  node("last", "w", { inputs: artifact("from", "c") }),
];
const model = modelOf({
  metadata: { name: "w" },
  status: { nodes: Object.fromEntries(nodes.map((each) => [each.id ?? "", each])) },
});

test("who reads what another wrote is linked with it, past the group that passes it on", () => {
  expect(artifactLinks(model)).toEqual([
    { from: "make", to: "inner", names: ["in"] },
    { from: "inner", to: "last", names: ["from"] },
  ]);
});

test("a folded group stands for what is inside", () => {
  expect(linksInSight(artifactLinks(model), model, new Set(["make", "group", "last"]))).toEqual([
    { from: "make", to: "group", names: ["in"] },
    { from: "group", to: "last", names: ["from"] },
  ]);
});
