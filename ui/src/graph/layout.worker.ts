/** Lays graphs out beside the page; remembers the last places, so that a graph that grows does not jump. */
import { type Item, type Rect, nestedLayout } from "./nested";
import type { Edge } from "./layout";

export interface Question {
  turn: number;
  items: Item[];
  edges: Edge[];
  /** True for from top to bottom. */
  down: boolean;
}

export interface Answer {
  turn: number;
  places: Map<string, Rect>;
  /** How long the layout took, in milliseconds. */
  took: number;
}

let previous: Map<string, Rect> | undefined;
let before = false;

self.addEventListener("message", (event: MessageEvent<Question>) => {
  const began = performance.now();
  const { turn, items, edges, down } = event.data;
  // A graph that is turned is another one: places of before say nothing.
  previous = nestedLayout(items, edges, down === before ? previous : undefined, down);
  before = down;
  self.postMessage({ turn, places: previous, took: performance.now() - began } satisfies Answer);
});
