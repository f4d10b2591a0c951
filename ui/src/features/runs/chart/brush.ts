/** How a stretch of time is dragged out, moved and made longer; pure. */
import type { Range } from "./buckets";

/** What of a range a pointer takes hold of. */
export type Grip = "new" | "from" | "to" | "move";

/** What is below the pointer at this moment; so far within an end still counts as the end, and farther outside of it. */
export function gripOf(range: Range | null, at: number, inside: number, outside: number): Grip {
  if (!range || at < range.from - outside || at > range.to + outside) return "new";
  if (at <= range.from) return "from";
  if (at >= range.to) return "to";
  const [before, after] = [at - range.from, range.to - at];
  if (Math.min(before, after) > inside) return "move";
  return before < after ? "from" : "to";
}

/** The range after a pointer went from one moment to another, within what is shown. */
export function dragged(grip: Grip, range: Range | null, start: number, at: number, shown: Range): Range {
  const within = (moment: number): number => Math.min(shown.to, Math.max(shown.from, moment));
  if (grip === "move" && range) {
    const by = Math.min(shown.to - range.to, Math.max(shown.from - range.from, at - start));
    return { from: range.from + by, to: range.to + by };
  }
  const fixed = grip === "from" && range ? range.to : grip === "to" && range ? range.from : start;
  const [from, to] = [within(fixed), within(at)].sort((a, b) => a - b) as [number, number];
  return { from, to };
}

/** The range after a key moved one of its ends by a time; the ends stay a step apart.  All that is shown is no range. */
export function stepped(
  range: Range | null,
  end: "from" | "to",
  by: number,
  step: number,
  shown: Range,
): Range | null {
  const now = range ?? shown;
  const moved = now[end] + by;
  const next =
    end === "from"
      ? { from: Math.max(shown.from, Math.min(moved, now.to - step)), to: now.to }
      : { from: now.from, to: Math.min(shown.to, Math.max(moved, now.from + step)) };
  return next.from <= shown.from && next.to >= shown.to ? null : next;
}
