/** Which part of a graph is shown, and which boxes are elements of the page; pure. */
import type { Rect } from "./nested";

export interface View {
  x: number;
  y: number;
  zoom: number;
}
export interface Size {
  width: number;
  height: number;
}

/** A part of the plane. */
export interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const overlaps = (rect: Rect, part: Part): boolean =>
  rect.x < part.right &&
  rect.x + rect.width > part.left &&
  rect.y < part.bottom &&
  rect.y + rect.height > part.top;

/** Below this zoom nobody can read boxes: they are only colours. */
export const LEGIBLE = 0.42;
/** With no more boxes than this all of them stay elements, however small. */
export const FEW = 120;
const PADDING = 24;
/** More room on the left: the buttons for the zoom are there. */
const BUTTONS = 56;

/** How far these reach to the right and down. */
export function boundsOf(rects: Iterable<Rect>): Size {
  let [width, height] = [0, 0];
  for (const rect of rects) {
    width = Math.max(width, rect.x + rect.width);
    height = Math.max(height, rect.y + rect.height);
  }
  return { width, height };
}

/** The view that shows everything, no larger than life. */
export function fitting(bounds: Size, screen: Size): View {
  const zoom = Math.min(
    1,
    Math.max(
      0.03,
      Math.min(
        (screen.width - BUTTONS - PADDING) / (bounds.width || 1),
        (screen.height - 2 * PADDING) / (bounds.height || 1),
      ),
    ),
  );
  return {
    x: Math.max(BUTTONS, (screen.width - bounds.width * zoom) / 2),
    y: (screen.height - bounds.height * zoom) / 2,
    zoom,
  };
}

/** The first view: everything where that can be read, else what a person should look at first. */
export function opening(bounds: Size, screen: Size, first: Rect | undefined): View {
  const whole = fitting(bounds, screen);
  if (whole.zoom >= 0.5 || (!first && whole.zoom >= LEGIBLE)) return whole;
  const zoom = 0.7;
  const y =
    bounds.height * zoom <= screen.height
      ? (screen.height - bounds.height * zoom) / 2
      : screen.height / 2 - (first ? first.y + first.height / 2 : bounds.height / 2) * zoom;
  const x = first ? screen.width / 2 - (first.x + first.width / 2) * zoom : BUTTONS;
  // Nothing but emptiness left of the graph helps nobody.
  return { x: Math.min(BUTTONS, x), y, zoom };
}

/** True when all of a box is on the screen. */
export function inSight(rect: Rect, view: View, screen: Size): boolean {
  const left = rect.x * view.zoom + view.x;
  const top = rect.y * view.zoom + view.y;
  return (
    left >= 0 &&
    top >= 0 &&
    left + rect.width * view.zoom <= screen.width &&
    top + Math.min(rect.height, 60) * view.zoom <= screen.height
  );
}

/**
 * The view after a new layout, so that nothing jumps: what is nearest to the middle (or chosen) stays where it is.
 */
export function anchored(
  before: ReadonlyMap<string, Rect>,
  after: ReadonlyMap<string, Rect>,
  view: View,
  screen: Size,
  chosen: string | undefined,
): View {
  const middle = {
    x: (screen.width / 2 - view.x) / view.zoom,
    y: (screen.height / 2 - view.y) / view.zoom,
  };
  let anchor = chosen !== undefined && before.has(chosen) && after.has(chosen) ? chosen : undefined;
  let least = Infinity;
  if (anchor === undefined)
    for (const [id, rect] of before) {
      if (!after.has(id)) continue;
      const far = Math.hypot(rect.x + rect.width / 2 - middle.x, rect.y + rect.height / 2 - middle.y);
      if (far < least) [anchor, least] = [id, far];
    }
  const [from, to] = [before.get(anchor ?? ""), after.get(anchor ?? "")];
  if (!from || !to) return view;
  return { ...view, x: view.x + (from.x - to.x) * view.zoom, y: view.y + (from.y - to.y) * view.zoom };
}

/** A part of the plane, in steps of half a screen, as a key: it changes seldom while the graph is moved. */
export function windowKey(view: View, screen: Size): string {
  const step = 2 ** Math.round(Math.log2(Math.max(screen.width, 400) / (2 * view.zoom)));
  const at = (world: number): number => Math.floor(world / step);
  const [left, top] = [-view.x / view.zoom, -view.y / view.zoom];
  return [
    step,
    at(left),
    at(top),
    at(left + screen.width / view.zoom) + 1,
    at(top + screen.height / view.zoom) + 1,
  ].join();
}

/** The ids of what a window shows. */
export function within(key: string, places: ReadonlyMap<string, Rect>): Set<string> {
  const [step = 1, left = 0, top = 0, right = 0, bottom = 0] = key.split(",").map(Number);
  const part = { left: left * step, top: top * step, right: right * step, bottom: bottom * step };
  const found = new Set<string>();
  for (const [id, rect] of places) if (overlaps(rect, part)) found.add(id);
  return found;
}
