/** Which entries fit what was typed, the best first; pure. */

/**
 * From 0 (does not fit) to 1: every word that was typed has to occur.
 *
 * The beginning of an entry counts most, then the beginning of a word in it, then a part of a word, then what is only
 * among its other names.
 */
export function rank(entry: string, typed: string, others: readonly string[] = []): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const title = entry.toLowerCase();
  const rest = others.join(" ").toLowerCase();
  let sum = 0;
  for (const word of words) {
    const found = Math.max(placed(title, word), placed(rest, word) * 0.4);
    if (found === 0) return 0;
    sum += found;
  }
  // Of two that fit alike the shorter one is more of what was typed.
  return (sum / words.length) * 0.9 + 0.1 / (1 + title.length / Math.max(1, typed.length));
}

function placed(text: string, word: string): number {
  if (text === word) return 1;
  const at = text.indexOf(word);
  if (at === -1) return 0;
  if (at === 0) return 0.9;
  const starts = [...text.matchAll(/(?<=[^a-z0-9])[a-z0-9]/g)].some(({ index }) =>
    text.startsWith(word, index),
  );
  return starts ? 0.7 : 0.4;
}
