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

test("in a graph that runs down, the arrow down goes along links", () => {
  const down = new Map([...places].map(([id, rect]) => [id, { ...rect, x: rect.y * 2, y: rect.x }]));
  expect(neighbour(links, down, "a", "ArrowDown", true)).toBe("b");
  expect(neighbour(links, down, "d", "ArrowUp", true)).toBe("c");
  expect(neighbour(links, down, "b", "ArrowRight", true)).toBe("c");
});

test("without a link an arrow goes to what lies there", () => {
  expect(neighbour(links, places, "b", "ArrowRight")).toBe("d");
});
