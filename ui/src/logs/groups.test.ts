import { expect, test } from "vitest";
import { Folding, groupMark, Groups } from "./groups";
import { LogLines } from "./lines";
import { portionOf } from "./portion";

const TEXT = ["a", "::group::Build", "b", "c", "::endgroup::", "d", "##[group]Test", "e"];
const linesOf = (texts: readonly string[], limit = 100): LogLines => {
  const lines = new LogLines(limit);
  lines.add(portionOf(texts.map((content) => ({ podName: "p", content }))));
  return lines;
};

test("marks are read, with colours or without", () => {
  expect(
    ["::group::Build it", "\u001b[36m##[group]\u001b[0m", "::endgroup::", "a group"].map(groupMark),
  ).toEqual(["Build it", "Group", "", null]);
});

test("groups are found as lines come; one that does not end goes on", () => {
  const groups = new Groups();
  const lines = linesOf(TEXT.slice(0, 3));
  expect(groups.scan(lines)).toEqual([{ start: 2, end: Infinity }]);
  lines.add(portionOf(TEXT.slice(3).map((content) => ({ podName: "p", content }))));
  expect(groups.scan(lines)).toEqual([
    { start: 2, end: 5 },
    { start: 7, end: Infinity },
  ]);
});

test("another log has groups of its own", () => {
  const groups = new Groups();
  groups.scan(linesOf(TEXT));
  expect(groups.scan(linesOf(["::group::A"]))).toEqual([{ start: 1, end: Infinity }]);
});

test("folded groups hide all but their first line", () => {
  const groups = new Groups().scan(linesOf(TEXT));
  const seen = (folded: number[]): string[] => {
    const folding = new Folding(groups, new Set(folded), 1, TEXT.length);
    return Array.from({ length: folding.rows }, (_, row) => TEXT[folding.lineOf(row)] ?? "none");
  };
  expect(seen([])).toEqual(TEXT);
  expect(seen([2])).toEqual(["a", "::group::Build", "d", "##[group]Test", "e"]);
  expect(seen([2, 7])).toEqual(["a", "::group::Build", "d", "##[group]Test"]);
  const folding = new Folding(groups, new Set([2, 7]), 1, TEXT.length);
  expect(TEXT.map((_, index) => folding.rowOf(index))).toEqual([0, 1, 1, 1, 1, 2, 3, 3]);
});

test("a group whose beginning was forgotten still hides the rest of it", () => {
  // Lines 1 to 3 are gone.
  const folding = new Folding(new Groups().scan(linesOf(TEXT)), new Set([2]), 4, 5);
  const rest = TEXT.slice(3);
  expect(Array.from({ length: folding.rows }, (_, row) => rest[folding.lineOf(row)])).toEqual([
    "d",
    "##[group]Test",
    "e",
  ]);
});
