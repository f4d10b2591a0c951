/**
 * Streams of the server, one JSON object a line, read with `fetch` so that the token and the status work.
 */
import { ApiError, type Options, send } from "./client";

interface Frame {
  result?: unknown;
  error?: { grpc_code: number; http_code: number; message: string };
}

/** What a line says; undefined for one without a result.  An error in it is thrown as an `ApiError`. */
export function resultOf(line: string): unknown {
  const { result, error } = JSON.parse(line) as Frame;
  if (error) throw new ApiError(error.http_code, error.grpc_code, error.message);
  return result;
}

/** The items of a stream until it ends; an error inside it is thrown as an `ApiError`. */
export async function* items<T>(path: string, options: Options = {}): AsyncGenerator<T> {
  for await (const batch of await connect<T>(path, options)) yield* batch;
}

/** The same in the portions in which they arrive; the server has accepted it when this resolves. */
export async function connect<T>(path: string, options: Options = {}): Promise<AsyncGenerator<T[]>> {
  return portions<T>(await send(path, options));
}

async function* portions<T>(response: Response): AsyncGenerator<T[]> {
  if (!response.body) return;
  for await (const texts of lines(response.body)) {
    const found: T[] = [];
    try {
      for (const text of texts) {
        const result = resultOf(text) as T | undefined;
        if (result !== undefined) found.push(result);
      }
    } catch (error) {
      // What came before the error counts.
      if (found.length > 0) yield found;
      throw error;
    }
    if (found.length > 0) yield found;
  }
}

/** The lines of a body as they arrive, without empty ones. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const parts = rest.split("\n");
      rest = parts.pop() ?? "";
      const full = parts.filter((part) => part !== "");
      if (full.length > 0) yield full;
      if (done) break;
    }
    if (rest) yield [rest];
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export type Health = "live" | "reconnecting" | "stale";

/**
 * Follow a stream for ever: after an end or a failure it is opened again, later and later, up to a minute.
 *
 * `open` is called for each connection and may read the state again first; `health` says how it goes: `stale` only
 * after half a minute without a connection, because short breaks are ordinary.
 */
export async function follow<T>(
  open: () => Promise<AsyncIterable<T>> | AsyncIterable<T>,
  take: (item: T) => void,
  health: (state: Health) => void,
  signal: AbortSignal,
): Promise<void> {
  let pause = 1000;
  let since = 0;
  // Read through a function: the checker cannot know that the signal changes while we wait.
  const over = (): boolean => signal.aborted;
  while (!over()) {
    const began = Date.now();
    try {
      const source = await open();
      health("live");
      since = 0;
      for await (const item of source) {
        if (over()) return;
        take(item);
      }
    } catch (error) {
      if (over()) return;
      if (error instanceof ApiError && [401, 403, 404, 501].includes(error.status)) throw error;
      since ||= Date.now();
      health(Date.now() - since > 30_000 ? "stale" : "reconnecting");
    }
    pause = Date.now() - began > 10_000 ? 1000 : Math.min(pause * 1.6, 60_000);
    await sleep(pause * (0.8 + Math.random() * 0.4), signal);
  }
}

/** Resolves after a while, or when the signal says that nobody waits any more. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
