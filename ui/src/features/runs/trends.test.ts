import { expect, test } from "vitest";
import { trendsOf } from "./trends";

const run = (name: string, minute: number, took: number | null, template = "etl") => ({
  metadata: {
    name,
    namespace: "default",
    labels: template ? { "workflows.argoproj.io/workflow-template": template } : {},
  },
  status: {
    startedAt: `2026-01-01T10:0${minute}:00Z`,
    ...(took === null ? {} : { finishedAt: `2026-01-01T10:0${minute}:${String(took).padStart(2, "0")}Z` }),
  },
});
const trends = trendsOf(
  [
    run("c", 3, 40),
    run("b", 2, 20),
    run("a", 1, 10),
    run("other", 0, 59, "load"),
    run("hand", 0, 5, ""),
    run("on", 4, null),
  ],
  (each) => each.metadata?.name ?? "",
);

test("a run that is over stands beside those of its origin before it, in the order of their starts", () => {
  expect([...trends.keys()]).toEqual(["b", "c"]);
  expect(trends.get("b")).toEqual({ before: "M32.5 16v-8.0", own: "M37.5 16v-16.0", usual: 10 });
  expect(trends.get("c")?.before).toBe("M27.5 16v-4.0M32.5 16v-8.0");
});

test("the first of its origin, one by hand and one that goes on have none", () => {
  for (const name of ["a", "other", "hand", "on"]) expect(trends.has(name)).toBe(false);
});
