/** What tabs and the shared hub say to each other. */
import type { Feed } from "../workflows";
import type { FeedState, RunEvent } from "./hub";

/** A number of the tab names what it asked for until it leaves. */
export type Ask =
  | { ask: "join"; id: number; feed: Feed; since: string }
  | { ask: "place"; id: number }
  | { ask: "leave"; id: number };

export type Told =
  | { id: number; state: FeedState }
  | { id: number; events: RunEvent[] }
  | { id: number; again: true }
  | { id: number; granted: true };
