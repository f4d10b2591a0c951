import { describe, expect, it } from "vitest";
import type { WatchEvent, Workflow } from "../../api/types";
import { merge } from "./changes";

const run = (name: string, phase: string): Workflow => ({ metadata: { name, uid: name }, status: { phase } });
const event = (type: WatchEvent<Workflow>["type"], object: Workflow): WatchEvent<Workflow> => ({
  type,
  object,
});
const names = (runs: Workflow[]): string[] =>
  runs.map((each) => `${each.metadata?.name ?? ""} ${each.status?.phase ?? ""}`);

describe("changes of a list", () => {
  it("changes rows in place, holds new ones back, drops what is gone or does not match", () => {
    const merged = merge(
      [run("a", "Running"), run("b", "Running"), run("c", "Running")],
      [],
      [
        event("MODIFIED", run("b", "Failed")),
        event("DELETED", run("a", "Running")),
        event("ADDED", run("d", "Running")),
        event("MODIFIED", run("c", "Succeeded")),
        event("BOOKMARK", {}),
      ],
      (each) => each.status?.phase !== "Succeeded",
    );
    expect(names(merged.items)).toEqual(["b Failed"]);
    expect(names(merged.fresh)).toEqual(["d Running"]);
  });
});
