/** How far a log was read, so that it can be read on after a break: nothing twice, nothing left out.  Pure. */
import { type LogEntry, parseLine } from "./entry";

/** Lines of several pods come a little out of order: so much before the last line is asked for again. */
const OVERLAP = 10_000;

interface Last {
  time: string;
  /** How many lines had this time. */
  count: number;
}

export class LogMark {
  private read = new Map<string, Last>();
  private latest = 0;

  /** Since when the log must be read again; empty for from its beginning. */
  since(): string {
    return this.latest === 0 ? "" : new Date(this.latest - OVERLAP).toISOString();
  }

  /** A function that leaves out of the entries of one more reading what readings before had. */
  reading(): (entries: readonly LogEntry[]) => LogEntry[] {
    const before = new Map(this.read);
    const passed = new Map<string, number>();
    return (entries) => entries.filter((entry) => this.isNew(entry, before, passed));
  }

  private isNew(entry: LogEntry, before: ReadonlyMap<string, Last>, passed: Map<string, number>): boolean {
    const { pod, time } = parseLine(entry);
    if (time === "") return true;
    const known = before.get(pod);
    if (known && time < known.time) return false;
    if (known?.time === time) {
      const count = (passed.get(pod) ?? 0) + 1;
      passed.set(pod, count);
      if (count <= known.count) return false;
    }
    const last = this.read.get(pod);
    this.read.set(pod, last?.time === time ? { time, count: last.count + 1 } : { time, count: 1 });
    this.latest = Math.max(this.latest, Date.parse(time) || 0);
    return true;
  }
}
