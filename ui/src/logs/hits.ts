/** The hits of a search in a log that grows; a line is searched once. */
import { plain } from "./ansi";
import type { LogLines } from "./lines";

/** More hits than anybody steps through are not looked for. */
const MOST = 10_000;

export class Hits {
  private of: LogLines | null = null;
  private pattern: RegExp | null = null;
  /** Numbers of lines, from 1; they grow. */
  private found: number[] = [];
  private next = 1;

  constructor(private readonly most = MOST) {}

  /** The indexes of lines that match; of a log that was searched before for this pattern only new lines are looked at. */
  in(lines: LogLines, pattern: RegExp | null): readonly number[] {
    if (lines !== this.of || pattern !== this.pattern) {
      this.of = lines;
      this.pattern = pattern;
      this.found = [];
      this.next = 1;
    }
    if (!pattern) return [];
    const { first, length } = lines;
    this.forget(first);
    for (this.next = Math.max(this.next, first); this.next < first + length; this.next++) {
      if (this.found.length >= this.most) break;
      if (pattern.test(plain(lines.at(this.next - first)?.text ?? ""))) this.found.push(this.next);
    }
    return this.found.map((number) => number - first);
  }

  /** Hits in lines that the log has forgotten are none. */
  private forget(first: number): void {
    if ((this.found[0] ?? first) >= first) return;
    this.found = this.found.filter((number) => number >= first);
  }
}
