import { useEffect, useEffectEvent, useState } from "react";
import { reasonOf } from "../api/reason";
import { ApiError } from "../api/client";
import { useToken } from "../api/token";
import { LogLines, parseLine } from "./lines";
import { followed } from "./followed";
import type { LogQuery } from "./source";

export interface Log {
  lines: LogLines;
  /** Changes whenever lines came. */
  turn: number;
  state: "reading" | "following" | "ended" | "failed";
  problem: string;
}

/** How often new lines are shown while many arrive, and how long lines are read in one go; milliseconds. */
const SHOWN_EVERY = 80;
const WORK = 8;

/** A log as it grows: however much arrives, the page stays free for people. */
export function useLog(
  query: Omit<LogQuery, "follow">,
  live: boolean,
  pods: ReadonlySet<string> | null,
): Log {
  const [log, setLog] = useState<Log>(() => ({
    lines: new LogLines(),
    turn: 0,
    state: "reading",
    problem: "",
  }));
  const { namespace, name, pod, container, grep } = query;
  const goesOn = useEffectEvent(() => live);
  const token = useToken();
  const wanted = pods === null ? "" : [...pods].sort().join(",");
  useEffect(() => {
    const end = new AbortController();
    const lines = new LogLines();
    const names = wanted === "" ? null : new Set(wanted.split(","));
    let batch: ReturnType<typeof parseLine>[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = (state: Log["state"], problem = ""): void => {
      clearTimeout(timer);
      timer = undefined;
      lines.add(batch);
      batch = [];
      setLog((before) => ({ lines, turn: before.turn + 1, state, problem }));
    };
    const read = async (): Promise<void> => {
      const source = followed({ namespace, name, pod, container, grep }, () => goesOn(), end.signal);
      let began = performance.now();
      for await (const entries of source) {
        for (const entry of entries)
          if (!names || names.has(entry.podName ?? "")) batch.push(parseLine(entry));
        timer ??= setTimeout(() => flush("following"), SHOWN_EVERY);
        if (performance.now() - began < WORK) continue;
        await pause();
        began = performance.now();
      }
    };
    read().then(
      () => end.signal.aborted || flush("ended"),
      (error: unknown) => {
        if (end.signal.aborted) return;
        const missing = error instanceof ApiError && error.status === 501;
        flush("failed", missing ? "This server shows no logs." : reasonOf(error));
      },
    );
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [namespace, name, pod, container, grep, wanted, token]);
  return log;
}

/** Let the browser draw and answer people. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
