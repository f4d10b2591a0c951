import { afterEach, expect, test, vi } from "vitest";
import { ApiError } from "../client";
import type { Feed } from "../workflows";
import { Hub, type RunEvent, type Subscriber } from "./hub";

const feed = (namespace: string): Feed => ({ base: "http://x/", token: "", namespace, labelSelector: "" });
const change = (name: string, resourceVersion: string): RunEvent => ({
  type: "MODIFIED",
  object: { metadata: { name, resourceVersion } },
});

/** Streams that say what the test gives them. */
class Server {
  opened: {
    namespace: string;
    since: string;
    signal: AbortSignal;
    say: (events: RunEvent[] | Error) => void;
  }[] = [];
  refusal: Error | null = null;

  open = ({ namespace }: Feed, since: string, signal: AbortSignal): Promise<AsyncIterable<RunEvent[]>> => {
    if (this.refusal) return Promise.reject(this.refusal);
    const said: (RunEvent[] | Error)[] = [];
    let wake = (): void => undefined;
    this.opened.push({
      namespace,
      since,
      signal,
      say: (events) => {
        said.push(events);
        wake();
      },
    });
    signal.addEventListener("abort", () => wake());
    return Promise.resolve(
      (async function* () {
        while (!signal.aborted) {
          const next = said.shift();
          if (next instanceof Error) throw next;
          if (next) yield next;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      })(),
    );
  };
}

function listener(): Subscriber & { seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    state: (state) => seen.push(state),
    events: (events) => seen.push(...events.map(({ object }) => object.metadata?.resourceVersion ?? "")),
    again: () => seen.push("again"),
  };
}

/** Let everything that waits for nothing happen. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const setUp = (connections?: number) => {
  vi.useFakeTimers();
  const server = new Server();
  return { server, hub: new Hub(server.open, connections) };
};
afterEach(() => vi.useRealTimers());

test("tabs that follow the same share one connection, and late ones hear what they missed", async () => {
  const { server, hub } = setUp();
  const [one, two, late] = [listener(), listener(), listener()];
  const leave = [hub.join(feed("a"), "5", one), hub.join(feed("a"), "5", two)];
  await settled();
  server.opened[0]?.say([change("r", "6"), change("r", "7")]);
  await settled();
  leave.push(hub.join(feed("a"), "6", late));
  expect(server.opened).toHaveLength(1);
  expect([one.seen, two.seen, late.seen].map((seen) => seen.filter((each) => /\d/.test(each)))).toEqual([
    ["6", "7"],
    ["6", "7"],
    ["7"],
  ]);
  for (const each of leave) each();
  expect(server.opened[0]?.signal.aborted).toBe(true);
});

test("who read before the stream began reads again", async () => {
  const { hub } = setUp();
  hub.join(feed("a"), "5", listener());
  await settled();
  const old = listener();
  hub.join(feed("a"), "3", old);
  expect(old.seen).toEqual(["live", "again"]);
});

test("without a free place one polls, and gets a stream when another leaves", async () => {
  const { server, hub } = setUp(2);
  const waits = listener();
  const leave = hub.join(feed("a"), "1", listener());
  const log = vi.fn();
  hub.place(log);
  hub.join(feed("b"), "1", waits);
  await settled();
  expect([log.mock.calls.length, waits.seen]).toEqual([1, ["polling"]]);
  leave();
  await settled();
  expect(server.opened.map(({ namespace }) => namespace)).toEqual(["a", "b"]);
  expect(waits.seen.slice(1)).toEqual(["reconnecting", "again", "live"]);
});

test("a broken stream goes on from the last version; a forgotten version is read anew", async () => {
  const { server, hub } = setUp();
  const tab = listener();
  hub.join(feed("a"), "5", tab);
  await settled();
  server.opened[0]?.say([change("r", "8")]);
  await settled();
  server.opened[0]?.say(new Error("gone"));
  await vi.advanceTimersByTimeAsync(3000);
  expect(server.opened.at(-1)?.since).toBe("8");
  expect(tab.seen).not.toContain("again");
  server.refusal = new ApiError(410, 8, "too old");
  server.opened.at(-1)?.say(new Error("gone"));
  await vi.advanceTimersByTimeAsync(5000);
  server.refusal = null;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.opened.at(-1)?.since).toBe("");
  expect(tab.seen).toContain("again");
});

test("a server without streams is polled, one that refuses is asked again", async () => {
  for (const [status, seen] of [
    [501, ["reconnecting", "polling"]],
    [401, ["reconnecting", "stale", "again"]],
  ] as const) {
    const { server, hub } = setUp();
    const tab = listener();
    server.refusal = new ApiError(status, 12, "no");
    hub.join(feed("a"), "1", tab);
    await settled();
    expect(tab.seen).toEqual(seen);
  }
});
