/** A tab's way to the hub: the one that all tabs share, or one of its own where the browser has no shared workers. */
import { type Feed, watchRuns } from "../workflows";
import { Hub, type Subscriber } from "./hub";
import type { Ask, Told } from "./messages";

type SharedHub = Pick<Hub, "join" | "place">;

interface Wish {
  ask: Exclude<Ask, { ask: "leave" }>;
  told: (message: Told) => void;
}

/** Asks the shared worker.  A tab that is put aside leaves, and comes back when it is shown again. */
class RemoteHub implements SharedHub {
  private readonly wishes = new Map<number, Wish>();
  private last = 0;

  constructor(private readonly port: MessagePort) {
    port.addEventListener("message", ({ data }: MessageEvent<Told>) => this.wishes.get(data.id)?.told(data));
    port.start();
    window.addEventListener("pagehide", () => {
      for (const id of this.wishes.keys()) this.say({ ask: "leave", id });
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) for (const { ask } of this.wishes.values()) this.say(ask);
    });
  }

  join(feed: Feed, since: string, subscriber: Subscriber): () => void {
    return this.wish(
      (id) => ({ ask: "join", id, feed, since }),
      (message) => {
        if ("events" in message) subscriber.events(message.events);
        else if ("state" in message) subscriber.state(message.state);
        else if ("again" in message) subscriber.again();
      },
    );
  }

  place(granted: () => void): () => void {
    return this.wish((id) => ({ ask: "place", id }), granted);
  }

  private wish(asked: (id: number) => Wish["ask"], told: Wish["told"]): () => void {
    const id = ++this.last;
    const ask = asked(id);
    this.wishes.set(id, { ask, told });
    this.say(ask);
    return () => {
      if (this.wishes.delete(id)) this.say({ ask: "leave", id });
    };
  }

  private say(ask: Ask): void {
    this.port.postMessage(ask);
  }
}

let found: SharedHub | undefined;

/** The hub of this tab, made when it is first needed. */
export function hub(): SharedHub {
  found ??=
    typeof SharedWorker === "undefined"
      ? new Hub(watchRuns)
      : new RemoteHub(new SharedWorker(new URL("./hub.worker.ts", import.meta.url), { type: "module" }).port);
  return found;
}
