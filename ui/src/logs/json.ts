/** Lines that are JSON objects: their fields in one line, or unfolded.  Pure. */
import { plain } from "./ansi";

export type Fields = Readonly<Record<string, unknown>>;

/** The object that a line is; null for any other line. */
export function fieldsOf(text: string): Fields | null {
  const bare = plain(text).trim();
  if (!bare.startsWith("{") || !bare.endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(bare);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The chosen fields of a line in their order, without those it does not have. */
export function picked(fields: Fields, names: readonly string[]): string {
  return names.flatMap((name) => (name in fields ? [asText(fields[name])] : [])).join("  ");
}

export function unfolded(fields: Fields): string {
  return JSON.stringify(fields, null, 2);
}

/** Names of fields by how often they come in these lines, the most frequent first. */
export function namesIn(texts: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const name of Object.keys(fieldsOf(text) ?? {})) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

const LEVELS = ["level", "severity", "lvl", "loglevel"];
const WORD = /\b(error|fatal|panic|critical|traceback|exception|warn(?:ing)?)\b/i;

/** How bad a line says it is: its level where it is JSON, else a word near its beginning. */
export function levelOf(text: string): "error" | "warn" | "" {
  const fields = fieldsOf(text);
  const level = fields && LEVELS.map((name) => fields[name]).find((value) => typeof value === "string");
  const word = typeof level === "string" ? level : fields ? "" : text.slice(0, 160);
  const found = WORD.exec(word)?.[1]?.toLowerCase();
  if (found === undefined) return "";
  return found.startsWith("warn") ? "warn" : "error";
}
