import { describe, expect, it } from "vitest";
import { csvRows, previewKind } from "./preview-kind";

describe("previews", () => {
  it("are chosen by ending, then by type", () => {
    const kinds = [
      ["a/b.csv", ""],
      ["a.tgz", "text/plain"],
      ["report", "text/html; charset=utf-8"],
      ["a", "application/json"],
      ["a", ""],
      ["a/b.pdf", ""],
    ].map(([name = "", type = ""]) => previewKind(name, type));
    expect(kinds).toEqual(["csv", "archive", "page", "json", "text", "pdf"]);
  });

  it("read quoted values", () => {
    expect(csvRows('a,b\r\n"1,2","say ""hi"""\nlast,\n', 10)).toEqual([
      ["a", "b"],
      ["1,2", 'say "hi"'],
      ["last", ""],
    ]);
    expect(csvRows("a\nb\nc\n", 2)).toEqual([["a"], ["b"]]);
  });
});
