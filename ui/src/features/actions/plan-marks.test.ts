import { expect, test } from "vitest";
import type { PlannedNode } from "../../api/workflows";
import { modelOf } from "../run/model";
import { viewOf } from "./plan-marks";

const node = (id: string, more: object = {}) => ({ id, name: id, displayName: id, type: "Pod", ...more });
const MODEL = modelOf({
  metadata: { name: "wf" },
  status: {
    nodes: {
      wf: node("wf", { type: "DAG", phase: "Failed", children: ["a"] }),
      a: node("a", { boundaryID: "wf", phase: "Succeeded", children: ["b"] }),
      b: node("b", { boundaryID: "wf", phase: "Failed" }),
    },
  },
});
const planned = (name: string, action: PlannedNode["action"], type = "Pod"): PlannedNode => ({
  name,
  action,
  type,
  displayName: name,
  phase: "",
});

test("what runs again is marked, with the groups that it is in", () => {
  const view = viewOf([planned("wf", "reset", "DAG"), planned("a", "keep"), planned("b", "rerun")], MODEL);
  expect(Object.fromEntries(view.marks)).toEqual({ wf: "again", a: "keep", b: "again" });
  expect(view.again.map((each) => each.name)).toEqual(["b"]);
  expect(view.kept).toBe(1);
});

test("steps that never began are named apart", () => {
  const view = viewOf([planned("wf.c", "new", "")], MODEL);
  expect(view.fresh).toEqual(["wf.c"]);
});
