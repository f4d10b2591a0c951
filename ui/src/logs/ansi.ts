/** Colours in logs: the part of ANSI's SGR that programs use; all other escapes are dropped.  Pure. */

export interface Span {
  text: string;
  /** Class names; empty for plain text. */
  look: string;
}

const ESCAPE = "\u001b";
// Any control sequence, an operating-system command, or a lone escape.
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[([0-9;:]*)([A-Za-z])|\\][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\)|.)`,
  "g",
);
const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** A line as spans; a line without escapes is one span. */
export function spans(line: string): Span[] {
  if (!line.includes(ESCAPE)) return [{ text: line, look: "" }];
  const found: Span[] = [];
  const on = new Set<string>();
  let at = 0;
  for (const match of line.matchAll(SEQUENCE)) {
    push(found, line.slice(at, match.index), on);
    at = match.index + match[0].length;
    if (match[2] === "m") change(on, match[1] ?? "");
  }
  push(found, line.slice(at), on);
  return found.length ? found : [{ text: "", look: "" }];
}

/** A line without escapes. */
export function plain(line: string): string {
  return line.includes(ESCAPE) ? line.replace(SEQUENCE, "") : line;
}

function push(found: Span[], text: string, on: ReadonlySet<string>): void {
  if (text) found.push({ text, look: [...on].join(" ") });
}

function change(on: Set<string>, codes: string): void {
  const numbers = codes.split(/[;:]/).map(Number);
  const only = (prefix: string, name?: string): void => {
    for (const each of on) if (each.startsWith(prefix)) on.delete(each);
    if (name) on.add(prefix + name);
  };
  for (let index = 0; index < numbers.length; index++) {
    const code = numbers[index] ?? 0;
    if (code === 0) on.clear();
    else if (code === 1) on.add("ansi-bold");
    else if (code === 2) on.add("ansi-dim");
    else if (code === 3) on.add("ansi-italic");
    else if (code === 4) on.add("ansi-underline");
    else if (code === 22) {
      on.delete("ansi-bold");
      on.delete("ansi-dim");
    } else if (code === 23) on.delete("ansi-italic");
    else if (code === 24) on.delete("ansi-underline");
    else if (code === 39) only("ansi-fg-");
    else if (code === 49) only("ansi-bg-");
    else if (code === 38 || code === 48) index += numbers[index + 1] === 5 ? 2 : 4;
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) only("ansi-fg-", COLOURS[code % 10]);
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) only("ansi-bg-", COLOURS[code % 10]);
  }
}
