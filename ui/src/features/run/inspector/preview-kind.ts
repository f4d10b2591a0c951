/** How an artifact is shown; pure. */

export type PreviewKind =
  "text" | "markdown" | "json" | "csv" | "image" | "page" | "pdf" | "archive" | "none";

const BY_ENDING: Record<string, PreviewKind> = {
  json: "json",
  md: "markdown",
  markdown: "markdown",
  csv: "csv",
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  svg: "image",
  html: "page",
  htm: "page",
  tgz: "archive",
  gz: "archive",
  tar: "archive",
  zip: "none",
  pdf: "pdf",
  parquet: "none",
};

/** By the ending of its key, else by what the server says it is. */
export function previewKind(name: string, type: string): PreviewKind {
  const known = BY_ENDING[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ""];
  if (known) return known;
  if (type.startsWith("application/pdf")) return "pdf";
  if (type.startsWith("text/html")) return "page";
  if (type.startsWith("image/")) return "image";
  if (type.includes("json")) return "json";
  if (/gzip|x-tar/.test(type)) return "archive";
  if (
    /zip|tar|octet-stream/.test(type) &&
    !/\.(txt|log|ya?ml)$/i.test(name) &&
    type !== "application/octet-stream"
  )
    return "none";
  return "text";
}

/** The first rows of comma-separated values, quotes understood. */
export function csvRows(text: string, limit: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = "";
  let quoted = false;
  for (let at = 0; at < text.length && rows.length < limit; at++) {
    const letter = text.charAt(at);
    if (quoted) {
      if (letter !== '"') value += letter;
      else if (text[at + 1] === '"') {
        value += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"' && value === "") quoted = true;
    else if (letter === ",") {
      row.push(value);
      value = "";
    } else if (letter === "\n") {
      rows.push([...row, value.replace(/\r$/, "")]);
      row = [];
      value = "";
    } else value += letter;
  }
  if ((value || row.length) && rows.length < limit) rows.push([...row, value]);
  return rows;
}
