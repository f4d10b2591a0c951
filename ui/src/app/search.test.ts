import { describe, expect, it } from "vitest";
import { many, one, parseSearch, writeSearch } from "./search";

describe("search parts", () => {
  it("keeps repeated names, and writes them the same way", () => {
    const text = "?phase=Failed&phase=Error&label=a%3Db&limit=50";
    expect(many(parseSearch(text), "phase")).toEqual(["Failed", "Error"]);
    expect(one(parseSearch(text), "limit")).toBe("50");
    expect(writeSearch(parseSearch(text))).toBe(text);
    expect(writeSearch({ a: undefined, b: "" })).toBe("?b=");
  });
});
