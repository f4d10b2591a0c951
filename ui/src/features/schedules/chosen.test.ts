import { expect, test } from "vitest";
import { isChosen } from "./chosen";

const nightly = {
  metadata: { name: "nightly-report", labels: { team: "ml" } },
  spec: { schedules: ["0 0 * * *"], workflowSpec: {} },
};
const paused = { ...nightly, spec: { ...nightly.spec, suspend: true } };

test("words are parts of the name or labels, and all must fit", () => {
  for (const text of ["", "report", "team", "team=ml", "night team=ml"])
    expect(isChosen(nightly, text, "all"), text).toBe(true);
  for (const text of ["weekly", "team=it", "tea", "night team=it"])
    expect(isChosen(nightly, text, "all"), text).toBe(false);
});

test("a state is wanted, or all are", () => {
  expect([isChosen(nightly, "", "on"), isChosen(paused, "", "on")]).toEqual([true, false]);
  expect([isChosen(nightly, "", "suspended"), isChosen(paused, "", "suspended")]).toEqual([false, true]);
  expect([isChosen(nightly, "", "all"), isChosen(paused, "", "all")]).toEqual([true, true]);
});
