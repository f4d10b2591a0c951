import { expect, test } from "vitest";
import { modelOf } from "./model";
import { clicked, flippedPick, nodesPicked } from "./picks";

const KEYS = { ctrlKey: false, metaKey: false };

test("a click chooses one node, with Ctrl or Cmd one more or one less", () => {
  expect(clicked(KEYS, { nodes: "a" }, "b")).toEqual({ nodeId: "b" });
  expect(clicked({ ...KEYS, ctrlKey: true }, { nodes: "a" }, "b")).toEqual({ nodes: "a,b" });
  expect(clicked({ ...KEYS, metaKey: true }, { nodes: "a" }, "a")).toEqual({ nodes: undefined });
  expect(flippedPick("a,b", "a")).toBe("b");
});

test("a loop stands for its items, a container for its pod, and what is not there for nothing", () => {
  const node = (id: string, more: object) => ({ id, name: id, displayName: id, phase: "Failed", ...more });
  const items = Array.from({ length: 9 }, (_, at) => `i${at}`);
  const model = modelOf({
    metadata: { name: "wf" },
    status: {
      nodes: {
        wf: node("wf", { type: "DAG" }),
        set: node("set", { type: "Pod", boundaryID: "wf" }),
        one: node("one", { type: "Container", boundaryID: "set" }),
        ...Object.fromEntries(
          items.map((id, at) => [
            id,
            node(id, { type: "Pod", boundaryID: "wf", displayName: `each(${at})` }),
          ]),
        ),
      },
    },
  });
  expect(nodesPicked("one,set", model)).toEqual(["set"]);
  expect(nodesPicked("loop:wf:each,gone", model)).toEqual(items);
  expect(nodesPicked(undefined, model)).toEqual([]);
});
