/** Lines of a log in memory: a ring that forgets the oldest. */
import { plain } from "./ansi";
import type { LogLine } from "./entry";
import { levelOf } from "./json";
import { joined, type Portion } from "./portion";

/** Portions with fewer lines are joined, so that a log that comes line by line is no list of single lines. */
const SMALL = 500;

export class LogLines {
  private portions: Portion[] = [];
  /** The number of the first line of each portion; they grow. */
  private numbers: number[] = [];
  private next = 1;

  constructor(private readonly limit = 200_000) {}

  get length(): number {
    return this.next - this.first;
  }

  /** The number of the first line that is still there, from 1. */
  get first(): number {
    return Math.max(this.numbers[0] ?? 1, this.next - this.limit);
  }

  at(index: number): LogLine | undefined {
    const number = this.first + index;
    if (index < 0 || number >= this.next) return undefined;
    const place = this.holder(number);
    const portion = this.portions[place];
    const line = number - (this.numbers[place] ?? 0);
    if (!portion) return undefined;
    const { text, ends, times, pods, names } = portion;
    const from = ends[line - 1] ?? 0;
    const begin = from + (times[line] ?? 0);
    return {
      pod: names[pods[line] ?? 0] ?? "",
      time: text.slice(from, begin).trimEnd(),
      text: text.slice(begin, ends[line]),
    };
  }

  add(portion: Portion): void {
    const count = portion.ends.length;
    if (count === 0) return;
    const last = this.portions.at(-1);
    if (last && last.ends.length < SMALL && count < SMALL) {
      this.portions[this.portions.length - 1] = joined(last, portion);
    } else {
      this.portions.push(portion);
      this.numbers.push(this.next);
    }
    this.next += count;
    // Portions are forgotten as a whole, once none of their lines counts.
    const { first } = this;
    const gone = this.numbers.findIndex((_, at) => (this.numbers[at + 1] ?? this.next) > first);
    this.portions.splice(0, gone);
    this.numbers.splice(0, gone);
  }

  /** The numbers of lines from this one on at which a group begins or ends. */
  marks(from: number): number[] {
    const found: number[] = [];
    const begin = Math.max(from, this.first);
    for (let place = this.holder(begin); place < this.portions.length; place++)
      for (const mark of this.portions[place]?.marks ?? []) {
        const number = (this.numbers[place] ?? 0) + mark;
        if (number >= begin) found.push(number);
      }
    return found;
  }

  /** The place of the portion that has a line. */
  private holder(number: number): number {
    let [low, high] = [0, this.numbers.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.numbers[middle] ?? 0) <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The index of the first line that says it is an error; -1 for none. */
  firstError(): number {
    for (let index = 0; index < this.length; index++)
      if (levelOf(this.at(index)?.text ?? "") === "error") return index;
    return -1;
  }

  /** The texts of the first lines, at most so many. */
  *texts(limit: number): Generator<string> {
    for (let index = 0; index < Math.min(limit, this.length); index++) yield this.at(index)?.text ?? "";
  }

  /** All lines as one text, as they would be in a file. */
  text(): string {
    const parts: string[] = [];
    for (let index = 0; index < this.length; index++) parts.push(plain(this.at(index)?.text ?? ""));
    return parts.join("\n") + "\n";
  }
}
