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

  it("stand at the step, the value or the word that a message of Argo's names", async () => {
    const text = [
      "spec:",
      "  entrypoint: nope",
      "  templates:",
      "    - name: a",
      "      container: {image: [1]}",
      "    - name: main",
      "      steps:",
      "        - - name: a",
      "            template: missing",
      "          - name: b",
      "            arguments: {parameters: [{name: p, value: '{{inputs.parameters.q}}'}]}",
    ].join("\n");
    const marked = async (message: string): Promise<string[]> => {
      const [finding] = await lintText(text, refuse(message));
      const before = text.slice(0, finding?.from).split("\n").length;
      return [String(before), text.slice(finding?.from, finding?.to)];
    };
    expect(await marked("templates.main.steps[0].a template name 'missing' undefined")).toEqual([
      "9",
      "missing",
    ]);
    expect(
      await marked("templates.main.steps[0].b templates.x inputs.parameters.p was not supplied"),
    ).toEqual(["10", "b"]);
    expect(await marked("template name 'nope' undefined")).toEqual(["2", "nope"]);
    expect(await marked("templates.main: failed to resolve {{inputs.parameters.q}}")).toEqual([
      "11",
      "{{inputs.parameters.q}}",
    ]);
    const unread =
      "json: cannot unmarshal array into Go struct field Container.spec.templates.container.image of type string";
    expect(await marked(unread)).toEqual(["5", "[1]"]);
  });

  it("are syntax errors before the server is asked", async () => {
    const findings = await lintText("a: [1", refuse("never asked"));
    expect(findings[0]?.message).not.toBe("never asked");
  });

  it("stand where our server says, with hints; Argo's rules are asked only where it finds no error", async () => {
    const text = `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n${TEXT}`;
    const told = (severity: "error" | "warning") => () =>
      Promise.resolve([
        { line: 4, column: 15, severity, code: "T1", message: "no such template", hint: "main?" },
      ]);
    const [finding, ...others] = await lintText(text, refuse("asked too"), told("error"));
    expect([text.slice(finding?.from, finding?.to), finding?.message, others]).toEqual([
      "main",
      "no such template\nmain?",
      [],
    ]);
    const both = await lintText(text, refuse("templates.main: no"), told("warning"));
    expect(both.map((each) => each.severity)).toEqual(["error", "warning"]);
    const unknown = () => Promise.reject(new ApiError(404, 5, "Not Found"));
    expect(await lintText(text, () => Promise.resolve({}), unknown)).toEqual([]);
    expect(await lintText(TEXT, () => Promise.resolve({}), told("error"))).toEqual([]);
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
