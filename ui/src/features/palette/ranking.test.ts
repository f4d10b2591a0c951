import { expect, test } from "vitest";
import { rank } from "./ranking";

const best = (typed: string, ...entries: string[]): string[] =>
  entries.filter((entry) => rank(entry, typed) > 0).sort((a, b) => rank(b, typed) - rank(a, typed));

test("the beginning comes before the beginning of a word, that before a part of one", () => {
  expect(best("run", "Overrun", "New run", "Runs", "Home")).toEqual(["Runs", "New run", "Overrun"]);
});

test("every word has to occur, in any order; of two that fit alike the shorter is first", () => {
  expect(best("sales start", "Start daily-sales", "Start cleanup", "daily-sales")).toEqual([
    "Start daily-sales",
  ]);
  expect(best("etl", "etl-orders-12", "etl")).toEqual(["etl", "etl-orders-12"]);
});

test("other names of an entry are found, after its title; nothing typed fits all", () => {
  expect(rank("Stop this run", "cancel", ["cancel"])).toBeGreaterThan(0);
  expect(rank("Stop this run", "cancel", ["cancel"])).toBeLessThan(rank("Cancel", "cancel"));
  expect(rank("anything", "  ")).toBe(1);
});
