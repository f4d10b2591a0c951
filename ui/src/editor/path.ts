/** Where in a YAML text a place is, by indentation alone: it works while the text is not valid yet.  Pure. */

/** The keys above a place, outermost first; items of lists are transparent. */
export function pathAt(text: string, offset: number): string[] {
  const lines = text.slice(0, offset).split("\n");
  const here = lines.pop() ?? "";
  let indent = width(here);
  const path: string[] = [];
  for (const line of lines.reverse()) {
    if (!line.trim() || line.trimStart().startsWith("#")) continue;
    const key = /^\s*((?:- +)*)("[^"]*"|[\w./-]+):(?: |$)/.exec(line);
    const depth = key ? (/^\s*/.exec(line)?.[0].length ?? 0) + (key[1] ?? "").length : width(line);
    if (depth >= indent) continue;
    if (key?.[2]) path.unshift(key[2].replaceAll('"', ""));
    indent = key?.[1] ? (/^\s*/.exec(line)?.[0].length ?? 0) : depth;
    // The keys of a list may stand as far left as its own key.
    if (key?.[1]) indent += 1;
  }
  return path;
}

function width(line: string): number {
  return /^\s*(?:- +)*/.exec(line)?.[0].length ?? 0;
}

/** The steps of a path as the server writes it: `spec.templates[0].steps[1][0].name`. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\["([^"]*)"\]|([^.[\]]+)/g)].map((match) =>
    match[1] !== undefined ? Number(match[1]) : (match[2] ?? match[3] ?? ""),
  );
}
