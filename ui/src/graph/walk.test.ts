import { expect, test } from "vitest";
import type { Rect } from "./nested";
import { neighbour } from "./walk";

const at = (x: number, y: number): Rect => ({ x, y, width: 100, height: 40, depth: 0 });
const places = new Map([
  ["a", at(0, 50)],
  ["b", at(200, 0)],
  ["c", at(200, 100)],
  ["d", at(400, 50)],
]);
const links = [
  { from: "a", to: "b" },
  { from: "a", to: "c" },
  { from: "c", to: "d" },
];

test("arrows go along links, up and down within a column, and begin somewhere", () => {
  expect(neighbour(links, places, undefined, "ArrowRight")).toBe("a");
  expect(neighbour(links, places, "a", "ArrowRight")).toBe("b");
  expect(neighbour(links, places, "b", "ArrowDown")).toBe("c");
  expect(neighbour(links, places, "c", "ArrowUp")).toBe("b");
  expect(neighbour(links, places, "c", "ArrowLeft")).toBe("a");
  expect(neighbour(links, places, "a", "Enter")).toBeUndefined();
});

test("without a link an arrow goes to what lies there", () => {
  expect(neighbour(links, places, "b", "ArrowRight")).toBe("d");
});
