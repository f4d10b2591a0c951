import type { Rect } from "./nested";

/** Where a link begins and ends, and the two points that bend it. */
export type Curve = Readonly<Record<"x1" | "y1" | "ax" | "ay" | "bx" | "by" | "x2" | "y2", number>>;

const LEAST = 24;

/** The curve of a link: from the right side of one box to the left side of another, or from below to above. */
export function curve(from: Rect, to: Rect, down: boolean): Curve {
  if (down) {
    const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
    const [x2, y2] = [to.x + to.width / 2, to.y];
    const bend = Math.max(LEAST, Math.abs(y2 - y1) / 2);
    return { x1, y1, ax: x1, ay: y1 + bend, bx: x2, by: y2 - bend, x2, y2 };
  }
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = Math.max(LEAST, Math.abs(x2 - x1) / 2);
  return { x1, y1, ax: x1 + bend, ay: y1, bx: x2 - bend, by: y2, x2, y2 };
}
