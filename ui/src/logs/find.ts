/** What is searched for in a log; pure. */

/** How a search is meant; by default in any case, as a regular expression. */
export interface FindLook {
  exact: boolean;
  plain: boolean;
}

/** What finds a text; plain text where it is no regular expression.  Null for nothing. */
export function patternOf(text: string, { exact, plain }: FindLook): RegExp | null {
  if (!text) return null;
  const flags = exact ? "" : "i";
  if (!plain) {
    try {
      return new RegExp(text, flags);
    } catch {
      // It may become one with the next letters.
    }
  }
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), flags);
}

export interface Piece {
  text: string;
  hit: boolean;
}

/** A text in pieces: what matches and what stands between. */
export function pieces(text: string, pattern: RegExp | null): Piece[] {
  if (!pattern) return [{ text, hit: false }];
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    if (match[0] === "") continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index), hit: false });
    found.push({ text: match[0], hit: true });
    at = match.index + match[0].length;
  }
  if (at < text.length || found.length === 0) found.push({ text: text.slice(at), hit: false });
  return found;
}
