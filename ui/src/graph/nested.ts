/**
 * Layout of boxes inside boxes: the inside of each open group is laid out first, then the group is one box outside.
 *
 * Pure; runs in a worker for large graphs.  Places are absolute.
 */
import { type Edge, type Place, layout } from "./layout";

export interface Item {
  id: string;
  parent: string | null;
  /** Size of the box; for an open group the least size. */
  width: number;
  height: number;
  /** True for a group whose inside is shown. */
  open: boolean;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
  depth: number;
}

const PADDING = 18;
const TITLE = 30;

/** The place and size of every item that is visible: whose groups are all open. */
export function nestedLayout(
  items: readonly Item[],
  edges: readonly Edge[],
  previous?: ReadonlyMap<string, Rect>,
): Map<string, Rect> {
  const inside = new Map<string | null, Item[]>();
  for (const item of items) inside.set(item.parent, [...(inside.get(item.parent) ?? []), item]);
  const parents = new Map(items.map((item) => [item.id, item.parent]));
  const own = new Map<string | null, Edge[]>();
  for (const edge of edges) {
    const parent = parents.get(edge.from);
    if (parent === undefined || parents.get(edge.to) !== parent) continue;
    own.set(parent, [...(own.get(parent) ?? []), edge]);
  }
  const sizes = new Map<string, { width: number; height: number }>();
  const local = new Map<string, Place>();
  const measure = (parent: string | null): { width: number; height: number } => {
    const children = inside.get(parent) ?? [];
    for (const child of children) {
      if (!child.open || !inside.has(child.id)) {
        sizes.set(child.id, child);
        continue;
      }
      const content = measure(child.id);
      sizes.set(child.id, {
        width: Math.max(child.width, content.width + 2 * PADDING),
        height: content.height + TITLE + PADDING,
      });
    }
    const boxes = children.map((child) => ({ id: child.id, ...(sizes.get(child.id) ?? child) }));
    const old =
      previous && new Map([...previous].map(([id, rect]) => [id, { x: rect.x, y: rect.y, layer: 0 }]));
    const result = layout(boxes, own.get(parent) ?? [], undefined, old);
    for (const [id, place] of result.places) local.set(id, place);
    return result;
  };
  measure(null);
  return absolute(inside, sizes, local);
}

function absolute(
  inside: ReadonlyMap<string | null, Item[]>,
  sizes: ReadonlyMap<string, { width: number; height: number }>,
  local: ReadonlyMap<string, Place>,
): Map<string, Rect> {
  const found = new Map<string, Rect>();
  const walk = (parent: string | null, x: number, y: number, depth: number): void => {
    for (const item of inside.get(parent) ?? []) {
      const place = local.get(item.id);
      const size = sizes.get(item.id);
      if (!place || !size) continue;
      const rect = { x: x + place.x, y: y + place.y, width: size.width, height: size.height, depth };
      found.set(item.id, rect);
      if (item.open) walk(item.id, rect.x + PADDING, rect.y + TITLE, depth + 1);
    }
  };
  walk(null, 0, 0, 0);
  return found;
}
