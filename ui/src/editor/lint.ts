/** What is wrong with a manifest, as places in its text: its syntax here, all else by the server. */
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  type Document,
} from "yaml";
import { ApiError } from "../api/client";
import type { Finding } from "./codemirror";
import { stepsOf } from "./path";

/** Asks the server; it rejects with the finding. */
export type ServerLint = (manifest: unknown) => Promise<unknown>;

/** The findings of a text; a server that cannot lint finds nothing. */
export async function lintText(text: string, ask: ServerLint): Promise<Finding[]> {
  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false });
  if (document.errors.length > 0)
    return document.errors.map((error) => ({
      from: Math.min(error.pos[0], text.length),
      to: Math.min(Math.max(error.pos[1], error.pos[0] + 1), text.length),
      message: error.message,
      severity: "error",
    }));
  if (document.contents === null) return [];
  try {
    await ask(document.toJS());
    return [];
  } catch (error) {
    if (!(error instanceof ApiError) || [0, 401, 403, 501].includes(error.status)) return [];
    return error.message
      .split("\n")
      .filter(Boolean)
      .map((message) => ({ ...placeOf(document, message, text), message, severity: "error" }));
  }
}

/** The place that a message names at its beginning, or the first line. */
export function placeOf(document: Document, message: string, text: string): { from: number; to: number } {
  const named = /(?:^|\s)((?:spec|metadata)[\w.[\]"-]*)/.exec(message)?.[1];
  const template = /templates\.([\w-]+)/.exec(message)?.[1];
  const steps = named ? stepsOf(named) : [];
  for (let depth = steps.length; depth > 0; depth--) {
    const node = document.getIn(steps.slice(0, depth), true);
    if (isNode(node) && node.range) return line(node.range[0], node.range[1], text);
  }
  const found = template === undefined ? undefined : templateNode(document, template);
  return found ?? { from: 0, to: text.indexOf("\n") < 0 ? text.length : text.indexOf("\n") };
}

function templateNode(document: Document, name: string): { from: number; to: number } | undefined {
  const templates = document.getIn(["spec", "templates"], true);
  if (!isSeq(templates)) return undefined;
  for (const item of templates.items) {
    const own = isMap(item) ? item.get("name", true) : undefined;
    if (isScalar(own) && own.value === name && own.range) return { from: own.range[0], to: own.range[1] };
  }
  return undefined;
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
