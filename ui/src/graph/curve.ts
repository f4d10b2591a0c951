import type { Rect } from "./nested";

/** The curve of a link, from the right side of one box to the left side of another. */
export function curve(from: Rect, to: Rect): [x1: number, y1: number, x2: number, y2: number, bend: number] {
  const [x1, x2] = [from.x + from.width, to.x];
  return [x1, from.y + from.height / 2, x2, to.y + to.height / 2, Math.max(24, Math.abs(x2 - x1) / 2)];
}
