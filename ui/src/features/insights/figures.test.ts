import { expect, it } from "vitest";
import { byFailures, byUsage, costOf, insightsCsv, originName } from "./figures";

const row = (kind: string, name: string, finished: number, failed: number, cpu = 0) => ({
  kind,
  name,
  finished,
  failed,
  median: 5,
  p90: 9,
  waited: null,
  cpu,
  memory: cpu * 10,
});
const ORIGINS = [row("template", "good", 10, 0, 7200), row("", "", 2, 1), row("schedule", "bad", 4, 2, 3600)];

it("has those first that fail most, and those that use most", () => {
  expect(byFailures(ORIGINS).map(originName)).toEqual(["schedule bad", "started by hand", "template good"]);
  expect(byUsage(ORIGINS).map(originName)).toEqual(["template good", "schedule bad"]);
});

it("counts hours of cores and of GiB", () => {
  // Two core hours; 72,000 s of 100 MiB are 1.953 GiB hours.
  expect(costOf(row("", "", 1, 0, 7200), { cpu: 1, memory: 10 })).toBeCloseTo(2 + 19.53, 2);
});

it("is a file for spreadsheets", () => {
  const whole = row("", "", 0, 0);
  const file = insightsCsv(
    { cut: false, total: whole, origins: ORIGINS, times: [], runs: [] },
    { cpu: 1, memory: 0 },
  );
  expect(file.split("\r\n")[1]).toBe("schedule,bad,4,2,5,9,,1.000,0.977,1.000");
});
