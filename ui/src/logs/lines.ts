/** Lines of a log in memory: a ring that forgets the oldest. */
import { plain } from "./ansi";
import { levelOf } from "./json";

export interface LogLine {
  pod: string;
  /** RFC 3339, or empty. */
  time: string;
  text: string;
}

/** What the server sends; an empty line has no content. */
export interface LogEntry {
  podName?: string;
  content?: string;
}

export function parseLine({ podName = "", content = "" }: LogEntry): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) ?/.exec(content);
  return match
    ? { pod: podName, time: match[1] ?? "", text: content.slice(match[0].length) }
    : { pod: podName, time: "", text: content };
}

export class LogLines {
  private items: LogLine[] = [];
  private start = 0;
  private dropped = 0;

  constructor(private readonly limit = 200_000) {}

  get length(): number {
    return this.items.length - this.start;
  }

  /** The number of the first line that is still there, from 1. */
  get first(): number {
    return this.dropped + 1;
  }

  at(index: number): LogLine | undefined {
    return this.items[this.start + index];
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) this.items.push(line);
    const over = this.length - this.limit;
    if (over <= 0) return;
    this.start += over;
    this.dropped += over;
    // Moving the rest is worth it only now and then.
    if (this.start > this.limit / 4) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
  }

  /** The indexes of lines that match, at most 10,000. */
  find(pattern: RegExp): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.length && found.length < 10_000; index++) {
      if (pattern.test(plain(this.at(index)?.text ?? ""))) found.push(index);
    }
    return found;
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
