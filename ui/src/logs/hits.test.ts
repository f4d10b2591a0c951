import { describe, expect, it } from "vitest";
import { Hits } from "./hits";
import { LogLines } from "./lines";
import { portionOf } from "./portion";

const e = "\u001b";
const add = (lines: LogLines, ...texts: string[]): void =>
  lines.add(portionOf(texts.map((content) => ({ podName: "p", content }))));
const logOf = (limit: number, ...texts: string[]): LogLines => {
  const lines = new LogLines(limit);
  add(lines, ...texts);
  return lines;
};

/** A pattern that says what it was tried on. */
class Told extends RegExp {
  readonly tried: string[] = [];

  override test(text: string): boolean {
    this.tried.push(text);
    return super.test(text);
  }
}

describe("hits in a log", () => {
  it("are found without the colours", () => {
    const lines = logOf(10, `${e}[31mErr${e}[0mor`, "fine", "error 2");
    expect(new Hits().in(lines, /error/i)).toEqual([0, 2]);
    expect(new Hits().in(lines, null)).toEqual([]);
  });

  it("are looked for in each line once", () => {
    const [lines, hits, pattern] = [logOf(10, "a", "b"), new Hits(), new Told("a")];
    expect(hits.in(lines, pattern)).toEqual([0]);
    add(lines, "aa");
    expect(hits.in(lines, pattern)).toEqual([0, 2]);
    expect(hits.in(lines, pattern)).toEqual([0, 2]);
    expect(pattern.tried).toEqual(["a", "b", "aa"]);
  });

  it("move with the lines when the oldest are forgotten", () => {
    const [lines, hits] = [logOf(3, "a1", "b", "a2"), new Hits()];
    const pattern = /a/;
    expect(hits.in(lines, pattern)).toEqual([0, 2]);
    add(lines, "c");
    expect(hits.in(lines, pattern)).toEqual([1]);
    add(lines, "a3", "a4", "a5", "a6");
    expect(hits.in(lines, pattern)).toEqual([0, 1, 2]);
  });

  it("begin anew with another pattern and another log", () => {
    const [lines, hits] = [logOf(10, "a", "b"), new Hits()];
    expect(hits.in(lines, /a/)).toEqual([0]);
    expect(hits.in(lines, /b/)).toEqual([1]);
    expect(hits.in(logOf(10, "b"), /b/)).toEqual([0]);
  });

  it("are no more than anybody wants, until old ones are forgotten", () => {
    const [lines, hits] = [logOf(4, "a", "a", "a"), new Hits(2)];
    const pattern = /a/;
    expect(hits.in(lines, pattern)).toEqual([0, 1]);
    add(lines, "a", "b", "b");
    expect(hits.in(lines, pattern)).toEqual([0, 1]);
    add(lines, "a");
    expect(hits.in(lines, pattern)).toEqual([0, 3]);
  });
});
