import { expect, test } from "vitest";
import { patternOf, pieces } from "./find";

const usual = { exact: false, plain: false };

test("a search is a regular expression in any case, unless it is none or something else is wanted", () => {
  expect(patternOf("", usual)).toBeNull();
  expect(patternOf("a.c", usual)?.test("xABC")).toBe(true);
  expect(patternOf("a.c", { ...usual, exact: true })?.test("xABC")).toBe(false);
  expect(patternOf("a.c", { ...usual, plain: true })?.test("abc")).toBe(false);
  expect(patternOf("a(", usual)?.test("call A(1)")).toBe(true);
});

test("what matches is set off, what matches nothing at all is not", () => {
  const hits = (text: string, pattern: RegExp | null): string =>
    pieces(text, pattern)
      .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
      .join("");
  expect(hits("Error: no error", patternOf("error", usual))).toBe("[Error]: no [error]");
  expect(hits("abc", patternOf("x*", usual))).toBe("abc");
  expect(hits("axxb", patternOf("x*", usual))).toBe("a[xx]b");
  expect(hits("", patternOf("x", usual))).toBe("");
  expect(hits("abc", null)).toBe("abc");
});
