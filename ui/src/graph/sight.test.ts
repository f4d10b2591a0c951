import { expect, test } from "vitest";
import type { Rect } from "./nested";
import { anchored, boundsOf, fitting, inSight, opening, windowKey, within } from "./sight";

const at = (x: number, y: number): Rect => ({ x, y, width: 100, height: 40, depth: 0 });
const screen = { width: 1000, height: 600 };

test("a small graph is shown whole and centred, no larger than life", () => {
  expect(fitting({ width: 200, height: 100 }, screen)).toEqual({ x: 400, y: 250, zoom: 1 });
  const view = fitting({ width: 4000, height: 100 }, screen);
  expect(view.zoom).toBeCloseTo(0.23);
});

test("a large one opens on what matters", () => {
  const first = at(9000, 50);
  const view = opening({ width: 20_000, height: 100 }, screen, first);
  expect(inSight(first, view, screen)).toBe(true);
  expect(opening({ width: 20_000, height: 100 }, screen, undefined).x).toBe(56);
});

test("after a new layout the chosen box, or the one in the middle, stays where it was", () => {
  const before = new Map([
    ["a", at(0, 0)],
    ["b", at(500, 300)],
  ]);
  const after = new Map([
    ["a", at(0, 80)],
    ["b", at(700, 300)],
    ["new", at(0, 0)],
  ]);
  const view = { x: 0, y: 0, zoom: 1 };
  expect(anchored(before, after, view, screen, undefined)).toEqual({ x: -200, y: 0, zoom: 1 });
  expect(anchored(before, after, view, screen, "a")).toEqual({ x: 0, y: -80, zoom: 1 });
});

test("only what is near the screen is kept, and small movements change nothing", () => {
  const places = new Map(Array.from({ length: 100 }, (_, n) => [String(n), at(n * 200, 0)]));
  expect(boundsOf(places.values())).toEqual({ width: 19_900, height: 40 });
  const key = windowKey({ x: -10, y: 0, zoom: 1 }, screen);
  expect(windowKey({ x: -20, y: 0, zoom: 1 }, screen)).toBe(key);
  const seen = within(key, places);
  expect(seen.has("0")).toBe(true);
  expect(seen.size).toBeLessThan(12);
});
