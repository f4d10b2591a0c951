/** Comma-separated values; a cell that a spreadsheet would run as a formula is made text.  Pure. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return [...rows.map((row) => row.map(quoted).join(",")), ""].join("\r\n");
}

function quoted(text: string): string {
  if (!/[",\n\r]|^[=+\-@\t]/.test(text)) return text;
  return `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
