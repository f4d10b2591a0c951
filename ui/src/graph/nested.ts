/**
 * Layout of boxes inside boxes: the inside of each open group is laid out first, then the group is one box outside.
 *
 * Pure; runs in a worker for large graphs.  Places are absolute.
 */
import { type Box, type Edge, type Layout, layout, type Place } from "./layout";

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
const TITLE = 36;
const GAP = 14;

/** The place and size of every item that is visible: whose groups are all open; `down` lays out from top to bottom. */
export function nestedLayout(
  items: readonly Item[],
  edges: readonly Edge[],
  previous?: ReadonlyMap<string, Rect>,
  down = false,
): Map<string, Rect> {
  const inside = new Map<string | null, Item[]>();
  for (const item of items) push(inside, item.parent, item);
  const parents = new Map(items.map((item) => [item.id, item.parent]));
  const own = new Map<string | null, Edge[]>();
  for (const edge of edges) {
    const parent = parents.get(edge.from);
    if (parent === undefined || parents.get(edge.to) !== parent) continue;
    push(own, parent, edge);
  }
  const old =
    previous &&
    new Map([...previous].map(([id, rect]) => [id, { ...turned({ x: rect.x, y: rect.y }, down), layer: 0 }]));
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
    const edges = own.get(parent) ?? [];
    const result =
      edges.length === 0 && boxes.length > 6
        ? grid(boxes)
        : down
          ? downward(boxes, edges, old)
          : layout(boxes, edges, undefined, old);
    for (const [id, place] of result.places) local.set(id, place);
    return result;
  };
  measure(null);
  return absolute(inside, sizes, local);
}

const turned = <T extends { x: number; y: number }>(place: T, down: boolean): T =>
  down ? { ...place, x: place.y, y: place.x } : place;

/** The layout of boxes that lie on their side, put upright. */
function downward(
  boxes: readonly Box[],
  edges: readonly Edge[],
  previous: ReadonlyMap<string, Place> | undefined,
): Layout {
  const lying = boxes.map(({ id, width, height }) => ({ id, width: height, height: width }));
  const { places, width, height } = layout(lying, edges, undefined, previous);
  const upright = new Map([...places].map(([id, place]) => [id, turned(place, true)]));
  return { places: upright, width: height, height: width };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Boxes that nothing links, such as the items of a loop: in rows, about twice as wide as high. */
function grid(boxes: readonly Box[]): Layout {
  const width = Math.max(...boxes.map((box) => box.width)) + GAP;
  const height = Math.max(...boxes.map((box) => box.height)) + GAP;
  const columns = Math.max(1, Math.round(Math.sqrt((2 * boxes.length * height) / width)));
  const places = new Map<string, Place>();
  boxes.forEach((box, at) =>
    places.set(box.id, {
      x: (at % columns) * width,
      y: Math.floor(at / columns) * height,
      layer: at % columns,
    }),
  );
  return { places, width: columns * width - GAP, height: Math.ceil(boxes.length / columns) * height - GAP };
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
