import { expect, it } from "vitest";
import { noteFor } from "./note-for";

const ALL = { firstTimeUser: true, newVersion: true };

it("greets once, tells of new versions but not of repairs, and is silent where it is turned off", () => {
  expect(noteFor(null, "1.2.0", ALL)).toBe("first");
  expect(noteFor("1.2.0", "1.2.9", ALL)).toBeNull();
  expect(noteFor("1.2.0", "1.3.0", ALL)).toBe("new");
  expect(noteFor(null, "1.2.0", { newVersion: true })).toBeNull();
  expect(noteFor("1.2.0", "1.3.0", { firstTimeUser: true })).toBeNull();
});
