/** The present moment as React state: it changes once a second while something on the page needs it. */
import { useSyncExternalStore } from "react";
import { serverNow } from "../api/clock";

let now = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = serverNow();
    timer = setInterval(() => {
      now = serverNow();
      for (const each of listeners) each();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Milliseconds since 1970, at most a second old. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
