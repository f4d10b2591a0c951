import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { lintText, readManifest } from "./lint";

const TEXT = "spec:\n  entrypoint: main\n  templates:\n    - name: main\n      steps: 1\n";
const refuse = (message: string) => () => Promise.reject(new ApiError(400, 3, message));

describe("findings", () => {
  it("stand where the server says", async () => {
    const [finding] = await lintText(TEXT, refuse("spec.templates[0].steps: expected a list"));
    expect(TEXT.slice(finding?.from, finding?.to)).toBe("1");
    const [other] = await lintText(TEXT, refuse("templates.main: no"));
    expect(TEXT.slice(other?.from, other?.to)).toBe("main");
  });

  it("are syntax errors before the server is asked", async () => {
    const findings = await lintText("a: [1", refuse("never asked"));
    expect(findings[0]?.message).not.toBe("never asked");
  });

  it("are none where the server cannot lint", async () => {
    expect(await lintText(TEXT, () => Promise.reject(new ApiError(501, 12, "Not Implemented")))).toEqual([]);
  });

  it("keep what is no manifest out", () => {
    expect(() => readManifest("- a")).toThrow("no manifest");
    expect(() => readManifest("a: 1\n---\nb: 1")).toThrow("One document");
    expect(readManifest("a: 1")).toEqual({ a: 1 });
  });
});
