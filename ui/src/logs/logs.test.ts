import { describe, expect, it } from "vitest";
import { plain, spans } from "./ansi";
import { parseLine } from "./entry";
import { LogLines } from "./lines";
import { type Portion, portionOf } from "./portion";

const e = "\u001b";
const linesOf = (...texts: string[]): Portion =>
  portionOf(texts.map((content) => ({ podName: "p", content })));

describe("colours in logs", () => {
  it("become spans, and end with a reset", () => {
    expect(spans(`a ${e}[1;31mred${e}[0m b`)).toEqual([
      { text: "a ", look: "" },
      { text: "red", look: "ansi-bold ansi-fg-red" },
      { text: " b", look: "" },
    ]);
  });

  it("ignore what is no colour, and 256 colours", () => {
    expect(plain(`${e}[2K${e}]0;title\u0007x${e}[38;5;196my`)).toBe("xy");
    expect(spans(`${e}[38;5;31my`)).toEqual([{ text: "y", look: "" }]);
  });
});

describe("lines of logs", () => {
  it("have the time that the server put before them", () => {
    expect(parseLine({ podName: "p", content: "2026-01-01T00:00:00.123456789Z hello" })).toEqual({
      pod: "p",
      time: "2026-01-01T00:00:00.123456789Z",
      text: "hello",
    });
    expect(parseLine({ podName: "p" })).toEqual({ pod: "p", time: "", text: "" });
  });

  it("keep their numbers when the oldest are dropped", () => {
    const lines = new LogLines(3);
    lines.add(linesOf("a", "b", "c", "d"));
    expect([lines.length, lines.first, lines.at(0)?.text]).toEqual([3, 2, "b"]);
    lines.add(linesOf("e"));
    expect([lines.first, lines.at(2)?.text]).toEqual([3, "e"]);
  });
});
