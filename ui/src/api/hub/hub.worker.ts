/** The hub of all tabs, in a worker that they share. */
import { watchRuns } from "../workflows";
import { Hub } from "./hub";
import type { Ask, Told } from "./messages";

const hub = new Hub(watchRuns);

function serve(port: MessagePort): void {
  const leave = new Map<number, () => void>();
  const tell = (message: Told): void => port.postMessage(message);
  const enter = (ask: Exclude<Ask, { ask: "leave" }>): (() => void) => {
    const { id } = ask;
    if (ask.ask === "place") return hub.place(() => tell({ id, granted: true }));
    return hub.join(ask.feed, ask.since, {
      state: (state) => tell({ id, state }),
      events: (events) => tell({ id, events }),
      again: () => tell({ id, again: true }),
    });
  };
  port.addEventListener("message", ({ data }: MessageEvent<Ask>) => {
    leave.get(data.id)?.();
    if (data.ask === "leave") leave.delete(data.id);
    else leave.set(data.id, enter(data));
  });
  port.start();
}

self.addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port) serve(port);
});
