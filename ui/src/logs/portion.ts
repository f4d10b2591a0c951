/** Lines of a log packed together, so that a worker can hand thousands over at once and cheaply.  Pure. */
import { resultOf } from "../api/stream";
import { type LogEntry, timeLength } from "./entry";
import { groupMark } from "./groups";
import { LogMark } from "./mark";

/** Some lines in their order; of line `i` the text with its time ends at `ends[i]`. */
export interface Portion {
  text: string;
  ends: Uint32Array;
  /** How long the time before each text is, with the space after it; 0 for none. */
  times: Uint8Array;
  /** The pod of each line, by its place in `names`. */
  pods: Uint16Array;
  names: readonly string[];
  /** The lines at which a group begins or ends. */
  marks: readonly number[];
}

/** Pack lines. */
export function portionOf(entries: readonly LogEntry[]): Portion {
  const texts: string[] = [];
  const ends = new Uint32Array(entries.length);
  const times = new Uint8Array(entries.length);
  const pods = new Uint16Array(entries.length);
  const places = new Map<string, number>();
  const marks: number[] = [];
  let end = 0;
  entries.forEach(({ podName = "", content = "" }, at) => {
    texts.push(content);
    ends[at] = end += content.length;
    times[at] = timeLength(content);
    const place = places.get(podName) ?? places.size;
    places.set(podName, place);
    pods[at] = place;
    if (content.includes("group") && groupMark(content.slice(times[at])) !== null) marks.push(at);
  });
  return { text: texts.join(""), ends, times, pods, names: [...places.keys()], marks };
}

/** The lines of a portion as a file has them, without the times that the server put before them. */
export function textOf({ text, ends, times }: Portion): string {
  const found: string[] = [];
  let from = 0;
  ends.forEach((end, at) => {
    found.push(text.slice(from + (times[at] ?? 0), end), "\n");
    from = end;
  });
  return found.join("");
}

/** Two portions as one. */
export function joined(first: Portion, second: Portion): Portion {
  const lines = first.ends.length;
  const names = [...new Set([...first.names, ...second.names])];
  const places = second.names.map((name) => names.indexOf(name));
  const ends = new Uint32Array(lines + second.ends.length);
  ends.set(first.ends);
  ends.set(
    second.ends.map((end) => end + first.text.length),
    lines,
  );
  const times = new Uint8Array(ends.length);
  times.set(first.times);
  times.set(second.times, lines);
  const pods = new Uint16Array(ends.length);
  pods.set(first.pods);
  pods.set(
    second.pods.map((place) => places[place] ?? 0),
    lines,
  );
  const marks = [...first.marks, ...second.marks.map((mark) => mark + lines)];
  return { text: first.text + second.text, ends, times, pods, names, marks };
}

/** What the server sends, as lines; it is told of each connection, for a log is read on after a break. */
export class LogReader {
  private readonly mark = new LogMark();
  private fresh = this.mark.reading();
  private decoder = new TextDecoder();
  private rest = "";

  /** Only of these pods; null for all. */
  constructor(private readonly pods: ReadonlySet<string> | null) {}

  /** What comes now is another connection's: lines that one before had are left out. */
  connect(): void {
    this.fresh = this.mark.reading();
    this.decoder = new TextDecoder();
    this.rest = "";
  }

  /** Since when the log must be read again; empty for from its beginning. */
  since(): string {
    return this.mark.since();
  }

  /** The lines that these bytes complete; null for the end of the connection.  An error in them is thrown. */
  read(bytes: Uint8Array | null): LogEntry[] {
    this.rest += bytes ? this.decoder.decode(bytes, { stream: true }) : `${this.decoder.decode()}\n`;
    const parts = this.rest.split("\n");
    this.rest = parts.pop() ?? "";
    const found: LogEntry[] = [];
    for (const part of parts) {
      if (part === "") continue;
      const result = resultOf(part) as LogEntry | undefined;
      if (result && (!this.pods || this.pods.has(result.podName ?? ""))) found.push(result);
    }
    return this.fresh(found);
  }
}
