import { describe, expect, it } from "vitest";
import { readRunsSearch } from "../features/runs/search";
import { many, one, parseSearch, writeSearch } from "./search";

describe("search parts", () => {
  it("keeps repeated names, and writes them the same way", () => {
    const text = "?phase=Failed&phase=Error&label=a%3Db&limit=50";
    expect(many(parseSearch(text), "phase")).toEqual(["Failed", "Error"]);
    expect(one(parseSearch(text), "limit")).toBe("50");
    expect(writeSearch(parseSearch(text))).toBe(text);
    expect(writeSearch({ a: undefined, b: "" })).toBe("?b=");
  });

  it("reads Argo's addresses of the list", () => {
    expect(readRunsSearch(parseSearch("?phase=Failed&label=team%3Dml&Contains=etl&limit=5"))).toEqual({
      phase: ["Failed"],
      label: ["team=ml"],
      text: "etl",
    });
  });
});
