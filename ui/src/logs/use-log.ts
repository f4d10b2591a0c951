import { useEffect, useEffectEvent, useState } from "react";
import { reasonOf } from "../api/reason";
import { ApiError } from "../api/client";
import { useToken } from "../api/token";
import { LogLines } from "./lines";
import { followed } from "./followed";
import type { LogQuery } from "./source";

export interface Log {
  lines: LogLines;
  /** Changes whenever lines came. */
  turn: number;
  state: "reading" | "following" | "ended" | "failed";
  problem: string;
}

/** How often new lines are shown, in milliseconds: more seldom when more come at once than anybody reads. */
const SHOWN_EVERY = 80;
const FLOOD_EVERY = 250;
const FLOOD = 2000;

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
    let timer: ReturnType<typeof setTimeout> | undefined;
    let unseen = 0;
    const show = (state: Log["state"], problem = ""): void => {
      clearTimeout(timer);
      timer = undefined;
      setLog((before) => ({ lines, turn: before.turn + 1, state, problem }));
    };
    const read = async (): Promise<void> => {
      const names = wanted === "" ? null : wanted.split(",");
      const query = { namespace, name, pod, container, grep };
      for await (const portion of followed(query, names, () => goesOn(), end.signal)) {
        lines.add(portion);
        unseen += portion.ends.length;
        timer ??= setTimeout(
          () => {
            unseen = 0;
            show("following");
          },
          unseen > FLOOD ? FLOOD_EVERY : SHOWN_EVERY,
        );
      }
    };
    read().then(
      () => end.signal.aborted || show("ended"),
      (error: unknown) => {
        if (end.signal.aborted) return;
        const missing = error instanceof ApiError && error.status === 501;
        show("failed", missing ? "This server shows no logs." : reasonOf(error));
      },
    );
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [namespace, name, pod, container, grep, wanted, token]);
  return log;
}
