import { expect, it } from "vitest";
import { added, chips, withOrigin } from "./filter-text";

const NOW = Date.parse("2026-03-02T00:00:00Z");

it("reads many filters at once", () => {
  const text =
    "phase:failed from:cron/etl label:team=ml created:<24h duration:>1h30m archived:no group:label:team load-*";
  expect(added({ Contains: "x" }, text, NOW)).toEqual({
    phase: ["Failed"],
    label: ["workflows.argoproj.io/cron-workflow=etl", "team=ml"],
    createdAfter: "2026-03-01T00:00:00.000Z",
    min: "5400",
    archived: "no",
    group: "label:team",
    Prefix: "load-",
  });
});

it.each([
  ["etl", { Contains: "etl" }],
  ["name:=etl", { Exact: "etl" }],
  ["!etl", { NotEquals: "etl" }],
  ["team in (a, b)", { label: ["team in (a, b)"] }],
  ["team!=a", { label: ["team!=a"] }],
  ["finished:>7d", { finishedBefore: "2026-02-23T00:00:00.000Z" }],
  ["duration:<5m", { max: "300" }],
])("%s", (text, found) => expect(added({}, text, NOW)).toEqual(found));

it.each(["phase:Odd", "from:moon/x", "created:soon", "archived:maybe", "a name_", "duration:>x"])(
  "%s is no filter",
  (text) => expect(added({}, text, NOW)).toBeNull(),
);

it("has one origin at a time and leaves other labels alone", () => {
  const search = { label: ["team=ml", "workflows.argoproj.io/workflow-template=a"] };
  expect(withOrigin(search, "workflows.argoproj.io/cron-workflow=b").label).toEqual([
    "team=ml",
    "workflows.argoproj.io/cron-workflow=b",
  ]);
});

it("says a stretch of time as one chip, which goes as one", () => {
  const search = {
    startedAfter: "2026-03-02T00:00:00.000Z",
    startedBefore: "2026-03-02T01:00:00.000Z",
    min: "5",
  };
  const [chip, other] = chips(search);
  expect(chip?.text).toMatch(/^started .* to /);
  expect(chip?.without).toMatchObject({ startedAfter: undefined, startedBefore: undefined, min: "5" });
  expect(other?.text).toMatch(/^took/);
});
