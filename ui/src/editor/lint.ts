/** What is wrong with a manifest, as places in its text: its syntax here, all else by the server. */
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { ApiError } from "../api/client";
import type { Told } from "../api/linting";
import type { Finding } from "./codemirror";
import { stepsOf } from "./path";

/** Asks the server; it rejects with the finding. */
export type ServerLint = (manifest: unknown) => Promise<unknown>;

/** Asks our server, which finds errors and warnings with their places. */
export type PlacedLint = (text: string) => Promise<Told[]>;

/** The findings of a text; a server that cannot lint finds nothing, one that is not ours no warnings. */
export async function lintText(text: string, ask: ServerLint, placed?: PlacedLint): Promise<Finding[]> {
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false });
  if (document.errors.length > 0)
    return document.errors.map((error) => ({
      from: Math.min(error.pos[0], text.length),
      to: Math.min(Math.max(error.pos[1], error.pos[0] + 1), text.length),
      message: error.message,
      severity: "error",
    }));
  if (document.contents === null) return [];
  const found = placed ? await placedIn(document, text, placed) : [];
  if (found.some((each) => each.severity === "error")) return found;
  try {
    await ask(document.toJS());
    return found;
  } catch (error) {
    if (!(error instanceof ApiError) || [0, 401, 403, 501].includes(error.status)) return found;
    const refused = error.message.split("\n").filter(Boolean);
    return [
      ...refused.map((message): Finding => ({
        ...placeOf(document, message, text),
        message,
        severity: "error",
      })),
      ...found,
    ];
  }
}

/** What our server finds; none where it cannot say, and in a text without a kind, which only its page knows. */
async function placedIn(document: Document, text: string, placed: PlacedLint): Promise<Finding[]> {
  if (!document.get("apiVersion") || !document.get("kind")) return [];
  let told: Told[];
  try {
    told = await placed(text);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
  const lines = text.split("\n");
  return told.map(({ line, column, severity, message, hint }) => {
    const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const from = Math.min(
      before +
        Array.from(lines[line - 1] ?? "")
          .slice(0, column - 1)
          .join("").length,
      text.length,
    );
    return { ...wordAt(document, from, text), severity, message: hint ? `${message}\n${hint}` : message };
  });
}

/** The key or value at an offset, at most to the end of its line. */
function wordAt(document: Document, from: number, text: string): { from: number; to: number } {
  let to = from + 1;
  visit(document, {
    Scalar: (_, node) => {
      if (!node.range || node.range[0] > from || node.range[1] <= from) return undefined;
      to = node.range[1];
      return visit.BREAK;
    },
  });
  return line(from, to, text);
}

/** The place that a message names: a path, a template, its step and a word of it; or the first line. */
export function placeOf(document: Document, message: string, text: string): { from: number; to: number } {
  const named = /(?:^|\s)((?:spec|metadata)[\w.[\]"-]*)/.exec(message)?.[1];
  const steps = named ? stepsOf(named) : [];
  for (let depth = steps.length; depth > 0; depth--) {
    const node = document.getIn(steps.slice(0, depth), true);
    if (isNode(node) && node.range) return line(node.range[0], node.range[1], text);
  }
  const [, json = "", path = ""] =
    /cannot unmarshal (\w+) into Go struct field \w+\.([\w.]+)/.exec(message) ?? [];
  const value = path ? valueOf(document.contents, path.split("."), json) : undefined;
  if (value?.range) return line(value.range[0], value.range[1], text);
  const within = named ? undefined : templateIn(document, message);
  const word = /\{\{[^{}]*\}\}|(?<=')[^']+(?=')|(?<=dependency )\S+/.exec(message)?.[0];
  if (word !== undefined) {
    const at = text.indexOf(word, within?.from ?? 0);
    if (at >= 0 && at < (within?.end ?? text.length)) return { from: at, to: at + word.length };
  }
  return within ?? { from: 0, to: text.indexOf("\n") < 0 ? text.length : text.indexOf("\n") };
}

/** A value below keys, through lists, that is what JSON calls so: `array`, `object`, or a scalar. */
function valueOf(node: unknown, [key, ...others]: string[], json: string): Node | undefined {
  if (isSeq(node) && key !== undefined) {
    for (const item of node.items) {
      const found = valueOf(item, [key, ...others], json);
      if (found) return found;
    }
    return undefined;
  }
  if (key !== undefined) return isMap(node) ? valueOf(node.get(key, true), others, json) : undefined;
  const fits = json === "array" ? isSeq(node) : json === "object" ? isMap(node) : isScalar(node);
  return fits ? (node as Node) : undefined;
}

interface Within {
  /** The name of a template, or of the step or task that is wrong. */
  from: number;
  to: number;
  /** Where the template ends. */
  end: number;
}

/** The template that a message begins with, `templates.main.steps[0].a`. */
function templateIn(document: Document, message: string): Within | undefined {
  const [, name, step] = /templates\.([\w-]+)(?:\.(?:steps\[\d+\]|tasks)\.([\w-]+))?/.exec(message) ?? [];
  const templates = document.getIn(["spec", "templates"], true);
  const cron = document.getIn(["spec", "workflowSpec", "templates"], true);
  const list = isSeq(templates) ? templates : isSeq(cron) ? cron : undefined;
  const template = list?.items.find((item) => isMap(item) && item.get("name") === name);
  if (!isMap(template)) return undefined;
  const end = template.range?.[1] ?? 0;
  const mark = (step === undefined ? undefined : nameBelow(template, step)) ?? template.get("name", true);
  return isScalar(mark) && mark.range ? { from: mark.range[0], to: mark.range[1], end } : undefined;
}

/** The name of a step or a task of a template. */
function nameBelow(template: YAMLMap, step: string): Scalar | undefined {
  let found: Scalar | undefined;
  visit(template, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || pair.key.value !== "name" || !isScalar(pair.value)) return undefined;
      if (pair.value.value !== step || pair.value === template.get("name", true)) return undefined;
      found = pair.value;
      return visit.BREAK;
    },
  });
  return found;
}

/** At most one line: a mark under a whole template helps nobody. */
function line(from: number, to: number, text: string): { from: number; to: number } {
  const end = text.indexOf("\n", from);
  return { from, to: Math.max(from + 1, Math.min(to, end < 0 ? text.length : end)) };
}

/** The one object that a text holds; its first syntax error as an `Error` when it is none. */
export function readManifest(text: string): Record<string, unknown> {
  const documents = parseAllDocuments(text);
  const [document] = documents;
  if (!document || "empty" in documents) throw new Error("The text is empty");
  const [error] = document.errors;
  if (error) throw error;
  if (documents.length > 1) throw new Error("One document at a time: the text has several");
  const value: unknown = document.toJS();
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("This is no manifest");
  return value as Record<string, unknown>;
}
