import { expect, test } from "vitest";
import { dragged, gripOf, stepped } from "./brush";

const SHOWN = { from: 0, to: 100 };
const RANGE = { from: 20, to: 40 };

test("a pointer takes an end, the whole range, or begins a new one", () => {
  const grips = [13, 21, 30, 38, 47, 70].map((at) => gripOf(RANGE, at, 3, 8));
  expect(grips).toEqual(["from", "from", "move", "to", "to", "new"]);
  expect(gripOf(null, 30, 3, 8)).toBe("new");
});

test("a range is dragged in both directions, turned over, moved, and stays in sight", () => {
  expect(dragged("new", null, 60, 30, SHOWN)).toEqual({ from: 30, to: 60 });
  expect(dragged("to", RANGE, 40, 140, SHOWN)).toEqual({ from: 20, to: 100 });
  expect(dragged("from", RANGE, 20, 50, SHOWN)).toEqual({ from: 40, to: 50 });
  expect(dragged("move", RANGE, 30, 95, SHOWN)).toEqual({ from: 80, to: 100 });
});

test("keys move an end by steps; the ends never meet, and all that is shown is no range", () => {
  expect(stepped(null, "from", 10, 10, SHOWN)).toEqual({ from: 10, to: 100 });
  expect(stepped(RANGE, "from", 30, 10, SHOWN)).toEqual({ from: 30, to: 40 });
  expect(stepped(RANGE, "to", -100, 10, SHOWN)).toEqual({ from: 20, to: 30 });
  expect(stepped({ from: 10, to: 100 }, "from", -10, 10, SHOWN)).toBeNull();
});
