/** A log as long as its run goes on: broken connections are made anew, and tabs that nobody sees hold none. */
import { ApiError } from "../api/client";
import { hub } from "../api/hub/tab";
import { sleep } from "../api/stream";
import type { Portion } from "./portion";
import { ReaderStopped, Reading } from "./reading";
import { logBody, type LogQuery } from "./source";

/** Between two readings of a log that has no place among the connections. */
const POLL = 3000;

/** The lines of a log, of these pods or all; while `goesOn` says so it is read on from where it ended. */
export async function* followed(
  query: Omit<LogQuery, "follow" | "since">,
  pods: readonly string[] | null,
  goesOn: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Portion> {
  const reading = new Reading(pods);
  const place: { granted: boolean } = { granted: false };
  const leave = goesOn() ? hub().place(() => (place.granted = true)) : () => undefined;
  try {
    for (;;) {
      await shown(signal);
      const hidden = new AbortController();
      const stop = onHidden(() => hidden.abort());
      // What a run wrote last may come after it is known to be over: that is read once more.
      const last = !goesOn();
      try {
        const wanted = { ...query, follow: place.granted && !last, since: reading.since };
        yield* reading.lines(await logBody(wanted, AbortSignal.any([signal, hidden.signal])));
        if (last) return;
      } catch (error) {
        const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
        const useless = refused || error instanceof ReaderStopped;
        if (signal.aborted || (!hidden.signal.aborted && (last || useless))) throw error;
      } finally {
        stop();
      }
      await sleep(place.granted ? POLL / 3 : POLL, signal);
      if (signal.aborted) return;
    }
  } finally {
    leave();
    reading.close();
  }
}

function onHidden(tell: () => void): () => void {
  const look = (): void => {
    if (document.visibilityState === "hidden") tell();
  };
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}

/** Resolves as soon as somebody sees the page, or does not want to any more. */
function shown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === "hidden" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}
