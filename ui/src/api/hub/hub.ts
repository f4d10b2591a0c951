/**
 * The connections that all tabs of a browser share: a browser opens six to a host at most, and streams hold theirs.
 *
 * Tabs that follow the same runs get the changes of one connection.  Logs are not shared, but need a place as well.
 */
import { ApiError } from "../client";
import { follow, type Health } from "../stream";
import type { WatchEvent, Workflow } from "../types";
import type { Feed } from "../workflows";
import { Places } from "./places";

export type RunEvent = WatchEvent<Workflow>;

/** `polling`: there is no stream, or no place for it, so whoever wants to know asks again now and then. */
export type FeedState = Health | "polling";

export interface Subscriber {
  state: (state: FeedState) => void;
  events: (events: RunEvent[]) => void;
  /** Changes may have been missed: read everything anew. */
  again: () => void;
}

export type Open = (feed: Feed, since: string, signal: AbortSignal) => Promise<AsyncIterable<RunEvent[]>>;

/** Streams hold so many connections in all; two are left for questions. */
const CONNECTIONS = 4;
/** So many changes are kept for tabs that come later. */
const KEPT = 500;

export class Hub {
  private readonly streams = new Map<string, Stream>();
  private readonly places: Places;

  constructor(
    private readonly open: Open,
    connections = CONNECTIONS,
  ) {
    this.places = new Places(connections);
  }

  /** Be told of changes after a resource version; returns how to leave. */
  join(feed: Feed, since: string, subscriber: Subscriber): () => void {
    const key = JSON.stringify([feed.base, feed.token, feed.namespace, feed.labelSelector]);
    let stream = this.streams.get(key);
    if (!stream) {
      stream = new Stream(feed, since, this.open, () => this.streams.delete(key));
      this.streams.set(key, stream);
      stream.begin(this.places);
    }
    return stream.join(subscriber, since);
  }

  /** A place for a connection of a tab's own; returns how to give it back. */
  place(granted: () => void): () => void {
    return this.places.take(granted);
  }
}

const versionOf = (version: string | undefined): number => Number(version ?? "") || 0;

/** One connection, and those who listen to it. */
class Stream {
  private readonly subscribers = new Set<Subscriber>();
  private readonly end = new AbortController();
  private kept: RunEvent[] = [];
  /** All changes after this version are kept. */
  private complete: number;
  private state: FeedState = "polling";
  private leave: () => void = () => undefined;

  constructor(
    private readonly feed: Feed,
    private last: string,
    private readonly open: Open,
    private readonly over: () => void,
  ) {
    this.complete = versionOf(last);
  }

  begin(places: Places): void {
    let waited = false;
    this.leave = places.take(() => {
      // Whoever polled meanwhile may know less than the stream begins with.
      if (waited) this.last = "";
      this.run();
    });
    waited = true;
  }

  join(subscriber: Subscriber, since: string): () => void {
    this.subscribers.add(subscriber);
    subscriber.state(this.state);
    const from = versionOf(since);
    if (from < this.complete) subscriber.again();
    else {
      const missed = this.kept.filter((event) => versionOf(event.object.metadata?.resourceVersion) > from);
      if (missed.length > 0) subscriber.events(missed);
    }
    return () => {
      this.subscribers.delete(subscriber);
      if (this.subscribers.size === 0) this.close();
    };
  }

  private close(): void {
    this.end.abort();
    this.over();
    this.leave();
  }

  private run(): void {
    this.tell("reconnecting");
    follow(
      () => this.connect(),
      (events) => this.take(events),
      (state) => this.tell(state),
      this.end.signal,
    ).catch((error: unknown) => {
      if (this.end.signal.aborted) return;
      const unknown = error instanceof ApiError && [404, 501].includes(error.status);
      this.tell(unknown ? "polling" : "stale");
      if (!unknown) for (const each of this.subscribers) each.again();
    });
  }

  private async connect(): Promise<AsyncIterable<RunEvent[]>> {
    const blind = this.last === "";
    try {
      const source = await this.open(this.feed, this.last, this.end.signal);
      if (blind) this.forget();
      return source;
    } catch (error) {
      // Too old a version: everything is read anew, and followed from there.
      if (error instanceof ApiError && error.status === 410) this.last = "";
      throw error;
    }
  }

  /** Nobody knows what happened before this moment. */
  private forget(): void {
    this.kept = [];
    this.complete = Number.MAX_SAFE_INTEGER;
    for (const each of this.subscribers) each.again();
  }

  private take(events: RunEvent[]): void {
    const changes = events.filter((event) => event.type !== "ERROR");
    const versions = changes.map((event) => event.object.metadata?.resourceVersion);
    this.last = versions.at(-1) ?? this.last;
    this.complete = Math.min(this.complete, versionOf(versions[0]) || this.complete);
    this.kept.push(...changes);
    const over = this.kept.length - KEPT;
    if (over > 0) {
      const dropped = this.kept.splice(0, over).at(-1);
      this.complete = versionOf(dropped?.object.metadata?.resourceVersion);
    }
    for (const each of this.subscribers) each.events(changes);
  }

  private tell(state: FeedState): void {
    this.state = state;
    for (const each of this.subscribers) each.state(state);
  }
}
