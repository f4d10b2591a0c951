/** Lays graphs out beside the page; remembers the last places, so that a graph that grows does not jump. */
import { type Item, type Rect, nestedLayout } from "./nested";
import type { Edge } from "./layout";

export interface Question {
  turn: number;
  items: Item[];
  edges: Edge[];
}

export interface Answer {
  turn: number;
  places: Map<string, Rect>;
  /** How long the layout took, in milliseconds. */
  took: number;
}

let previous: Map<string, Rect> | undefined;

self.addEventListener("message", (event: MessageEvent<Question>) => {
  const began = performance.now();
  const { turn, items, edges } = event.data;
  previous = nestedLayout(items, edges, previous);
  self.postMessage({ turn, places: previous, took: performance.now() - began } satisfies Answer);
});
