/** Following changes from React: a stream where the server has one, reading again every few seconds where not. */
import { useEffect, useEffectEvent, useState } from "react";
import type { Liveness } from "../components/live";
import { ApiError } from "./client";
import { follow } from "./stream";
import { useToken } from "./token";

/** How often changes are handed on while many arrive, in milliseconds. */
const BATCH = 250;
const POLL = 3000;

/**
 * Follow a stream while `key` is not null; `take` gets batches.  `again` reads everything anew: after each break, and
 * every few seconds when the server knows no such stream.
 */
export function useWatch<T>(
  key: string | null,
  open: (signal: AbortSignal) => AsyncIterable<T>,
  take: (batch: T[]) => void,
  again: () => void,
): Liveness {
  const [state, setState] = useState<Liveness>("reconnecting");
  const start = useEffectEvent(open);
  const hand = useEffectEvent(take);
  const reread = useEffectEvent(again);
  const token = useToken();
  useEffect(() => {
    if (key === null) return;
    const end = new AbortController();
    let batch: T[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;
    let broken = false;
    const flush = (): void => {
      timer = undefined;
      const ready = batch;
      batch = [];
      hand(ready);
    };
    follow<T>(
      () => {
        if (broken) reread();
        broken = true;
        return start(end.signal);
      },
      (item) => {
        batch.push(item);
        timer ??= setTimeout(flush, BATCH);
      },
      setState,
      end.signal,
    ).catch((error: unknown) => {
      if (end.signal.aborted) return;
      if (error instanceof ApiError && [404, 501].includes(error.status)) {
        setState("polling");
        poll = setInterval(() => reread(), POLL);
      } else setState("stale");
    });
    return () => {
      end.abort();
      clearTimeout(timer);
      clearInterval(poll);
    };
    // Another token: what the server refused before is asked again.
  }, [key, token]);
  return key === null ? "off" : state;
}
