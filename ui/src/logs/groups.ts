/**
 * Parts of a log that fold: from a line `::group::NAME` to `::endgroup::`, as GitHub's actions and many tools write them.
 *
 * Pure.  Groups do not nest: one that begins ends the one before it.
 */
import { plain } from "./ansi";
import type { LogLines } from "./lines";

/** Numbers of lines, from 1; a group that has not ended goes to the end of the log. */
export interface Group {
  start: number;
  end: number;
}

const MARK = /^\s*(?:##\[|::)(group|endgroup)(?:\]|::)(.*)$/;

/** What a line says of groups: the name of one that begins, an empty text for an end, null for any other line. */
export function groupMark(text: string): string | null {
  if (!text.includes("group")) return null;
  const [, word, name] = MARK.exec(plain(text)) ?? [];
  return word === undefined ? null : word === "group" ? name?.trim() || "Group" : "";
}

/** The groups of a log as it grows: each line with a mark is looked at once. */
export class Groups {
  private of: LogLines | null = null;
  private found: Group[] = [];
  private next = 1;

  /** Look at lines that came since the last time; other lines are another log. */
  scan(lines: LogLines): readonly Group[] {
    if (lines !== this.of) {
      this.of = lines;
      this.found = [];
      this.next = 1;
    }
    const last = lines.first + lines.length - 1;
    for (const number of lines.marks(this.next)) {
      const mark = groupMark(lines.at(number - lines.first)?.text ?? "");
      if (mark === null) continue;
      this.finish(mark === "" ? number : number - 1);
      if (mark !== "") this.found.push({ start: number, end: Infinity });
    }
    this.next = last + 1;
    return this.found;
  }

  private finish(end: number): void {
    const open = this.found.at(-1);
    if (open?.end === Infinity) open.end = end;
  }
}

/** Which lines are in sight when groups are folded: their first line stays. */
export class Folding {
  /** Folded groups in order, with how many lines those up to each one hide. */
  private readonly folded: { start: number; end: number; hidden: number }[] = [];

  constructor(
    groups: readonly Group[],
    folded: ReadonlySet<number>,
    private readonly first: number,
    private readonly length: number,
  ) {
    let hidden = 0;
    for (const { start, end } of groups) {
      // What the ring has forgotten hides nothing.
      const [from, to] = [Math.max(start, first - 1), Math.min(end, first + length - 1)];
      if (!folded.has(start) || to <= from) continue;
      hidden += to - from;
      this.folded.push({ start: from, end: to, hidden });
    }
  }

  /** How many lines are in sight. */
  get rows(): number {
    return this.length - (this.folded.at(-1)?.hidden ?? 0);
  }

  /** The index of the line in a row. */
  lineOf(row: number): number {
    let [low, high] = [0, this.folded.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const group = this.folded[middle];
      // The row of the group's first line.
      const at = group ? group.start - this.first - (group.hidden - (group.end - group.start)) : 0;
      if (at < row) low = middle + 1;
      else high = middle;
    }
    return row + (this.folded[low - 1]?.hidden ?? 0);
  }

  /** The row of a line; of one that is folded away, its group's. */
  rowOf(index: number): number {
    const number = index + this.first;
    let before = 0;
    for (const { start, end, hidden } of this.folded) {
      if (number <= start) break;
      if (number <= end) return start - this.first - before;
      before = hidden;
    }
    return index - before;
  }
}
