/** Following changes of runs from React: from the hub's stream where there is one, else by reading now and then. */
import { useEffect, useEffectEvent, useState } from "react";
import type { Liveness } from "../components/live";
import type { RunEvent } from "./hub/hub";
import { hub } from "./hub/tab";
import { useToken } from "./token";

/** How often changes are handed on while many arrive, in milliseconds. */
const BATCH = 250;
const POLL = 3000;

export interface Watched {
  namespace: string;
  labelSelector: string;
  /** The resource version of what was read. */
  since: string;
}

/**
 * Follow the runs of a namespace; null follows nothing.  `take` gets batches of changes, without what only the page of a run
 * shows.  `again` reads everything anew: when changes may have been missed, and every few seconds where there is no stream.
 */
export function useWatch(
  watched: Watched | null,
  take: (batch: RunEvent[]) => void,
  again: () => void,
): Liveness {
  const [state, setState] = useState<Liveness>("reconnecting");
  const hand = useEffectEvent(take);
  const reread = useEffectEvent(again);
  const since = useEffectEvent(() => watched?.since ?? "");
  const token = useToken();
  const key = watched && `${watched.namespace}\n${watched.labelSelector}`;
  useEffect(() => {
    if (key === null) return;
    const [namespace = "", labelSelector = ""] = key.split("\n");
    let batch: RunEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let poll: ReturnType<typeof setInterval> | undefined;
    const flush = (): void => {
      timer = undefined;
      const ready = batch;
      batch = [];
      hand(ready);
    };
    const leave = hub().join({ base: document.baseURI, token, namespace, labelSelector }, since(), {
      state: (next) => {
        setState(next);
        clearInterval(poll);
        if (next === "polling") poll = setInterval(() => reread(), POLL);
      },
      events: (events) => {
        batch.push(...events);
        timer ??= setTimeout(flush, BATCH);
      },
      again: () => reread(),
    });
    return () => {
      leave();
      clearTimeout(timer);
      clearInterval(poll);
    };
    // Another token: what the server refused before is asked again.
  }, [key, token]);
  return key === null ? "off" : state;
}
