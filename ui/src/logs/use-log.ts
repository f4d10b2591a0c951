import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { LogLines, parseLine } from "./lines";
import { logEntries, type LogQuery } from "./source";

export interface Log {
  lines: LogLines;
  /** Changes whenever lines came. */
  turn: number;
  state: "reading" | "following" | "ended" | "failed";
  problem: string;
}

/** A log as it grows: lines are shown in batches, one for each frame of the screen. */
export function useLog(query: LogQuery, pods: ReadonlySet<string> | null): Log {
  const [log, setLog] = useState<Log>(() => ({
    lines: new LogLines(),
    turn: 0,
    state: "reading",
    problem: "",
  }));
  const { namespace, name, pod, container, follow } = query;
  const wanted = pods === null ? "" : [...pods].sort().join(",");
  useEffect(() => {
    const end = new AbortController();
    const lines = new LogLines();
    const names = wanted === "" ? null : new Set(wanted.split(","));
    let batch: ReturnType<typeof parseLine>[] = [];
    let frame = 0;
    const flush = (state: Log["state"], problem = ""): void => {
      cancelAnimationFrame(frame);
      frame = 0;
      lines.add(batch);
      batch = [];
      setLog((before) => ({ lines, turn: before.turn + 1, state, problem }));
    };
    const read = async (): Promise<void> => {
      const source = logEntries({ namespace, name, pod, container, follow }, end.signal);
      for await (const entry of source) {
        if (names && !names.has(entry.podName ?? "")) continue;
        batch.push(parseLine(entry));
        frame ||= requestAnimationFrame(() => flush("following"));
      }
    };
    read().then(
      () => end.signal.aborted || flush("ended"),
      (error: unknown) => {
        if (end.signal.aborted) return;
        const missing = error instanceof ApiError && error.status === 501;
        flush(
          "failed",
          missing ? "This server shows no logs." : error instanceof Error ? error.message : String(error),
        );
      },
    );
    return () => {
      end.abort();
      cancelAnimationFrame(frame);
    };
  }, [namespace, name, pod, container, follow, wanted]);
  return log;
}
