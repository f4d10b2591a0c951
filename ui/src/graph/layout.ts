/**
 * Layered layout of one graph: longest path, then barycentre sweeps.  Pure: the same graph gives the same places.
 *
 * Boxes keep their order from an earlier layout where they can (`previous`), so that a graph that grows does not jump.
 * Cost is O((boxes + edges) × sweeps); 10,000 boxes take well under a second, so it runs in a worker.
 */

export interface Box {
  id: string;
  width: number;
  height: number;
}

export interface Edge {
  from: string;
  to: string;
}

export interface Place {
  x: number;
  y: number;
  layer: number;
}

export interface Layout {
  places: ReadonlyMap<string, Place>;
  width: number;
  height: number;
}

export interface Spacing {
  /** Between layers. */
  layer: number;
  /** Between boxes of one layer. */
  box: number;
}

const SWEEPS = 4;

/** Place boxes from left to right; edges that would close a circle, or name no box, are left out of account. */
export function layout(
  boxes: readonly Box[],
  edges: readonly Edge[],
  spacing: Spacing = { layer: 56, box: 14 },
  previous?: ReadonlyMap<string, Place>,
): Layout {
  const index = new Map(boxes.map((box, at) => [box.id, at]));
  const down: number[][] = boxes.map(() => []);
  const up: number[][] = boxes.map(() => []);
  for (const edge of edges) {
    const from = index.get(edge.from);
    const to = index.get(edge.to);
    if (from === undefined || to === undefined || from === to) continue;
    down[from]?.push(to);
    up[to]?.push(from);
  }
  const layers = layered(boxes, down, up);
  const rows = order(boxes, layers, down, up, previous);
  return coordinates(boxes, rows, up, spacing);
}

/** The layer of each box: one more than the deepest box before it. */
function layered(boxes: readonly Box[], down: number[][], up: number[][]): Int32Array {
  const layer = new Int32Array(boxes.length);
  const open = Int32Array.from(up, (items) => items.length);
  const queue = boxes.map((_, at) => at).filter((at) => open[at] === 0);
  const seen = new Uint8Array(boxes.length);
  let next = 0;
  const take = (): void => {
    for (let at = queue[next]; at !== undefined; at = queue[++next]) {
      if (seen[at]) continue;
      seen[at] = 1;
      for (const child of down[at] ?? []) {
        if (seen[child]) continue;
        layer[child] = Math.max(layer[child] ?? 0, (layer[at] ?? 0) + 1);
        open[child] = (open[child] ?? 0) - 1;
        if (open[child] === 0) queue.push(child);
      }
    }
  };
  take();
  // What is left lies on circles, which no workflow has; broken up in the given order.
  boxes.forEach((_, at) => {
    if (!seen[at]) {
      queue.push(at);
      take();
    }
  });
  return layer;
}

function order(
  boxes: readonly Box[],
  layers: Int32Array,
  down: number[][],
  up: number[][],
  previous: ReadonlyMap<string, Place> | undefined,
): number[][] {
  const rows: number[][] = [];
  boxes.forEach((_, at) => (rows[layers[at] ?? 0] ??= []).push(at));
  const position = new Float64Array(boxes.length);
  const settle = (row: number[]): void => row.forEach((at, place) => (position[at] = place));
  for (const row of rows) {
    const old = (at: number): number => previous?.get(boxes[at]?.id ?? "")?.y ?? Number.MAX_VALUE;
    if (previous) row.sort((a, b) => old(a) - old(b) || a - b);
    settle(row);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    const neighbours = forward ? up : down;
    for (const row of forward ? rows : [...rows].reverse()) {
      const weight = new Map(
        row.map((at) => [at, mean(neighbours[at] ?? [], position) ?? position[at] ?? 0]),
      );
      row.sort(
        (a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || (position[a] ?? 0) - (position[b] ?? 0),
      );
      settle(row);
    }
  }
  return rows;
}

function mean(items: number[], position: Float64Array): number | undefined {
  if (items.length === 0) return undefined;
  let sum = 0;
  for (const at of items) sum += position[at] ?? 0;
  return sum / items.length;
}

function coordinates(boxes: readonly Box[], rows: number[][], up: number[][], spacing: Spacing): Layout {
  const places = new Map<string, Place>();
  const centre = new Float64Array(boxes.length);
  let x = 0;
  let top = 0;
  let bottom = 0;
  rows.forEach((row, layer) => {
    const wanted = row.map((at) => mean(up[at] ?? [], centre));
    const widest = Math.max(...row.map((at) => boxes[at]?.width ?? 0));
    spread(row, wanted, boxes, centre, spacing.box);
    for (const at of row) {
      const box = boxes[at];
      if (!box) continue;
      const y = (centre[at] ?? 0) - box.height / 2;
      places.set(box.id, { x, y, layer });
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + box.height);
    }
    x += widest + spacing.layer;
  });
  for (const place of places.values()) place.y -= top;
  return { places, width: Math.max(0, x - spacing.layer), height: bottom - top };
}

/** Centres of one row: as near to what each box wants as its order and the gaps allow. */
function spread(
  row: readonly number[],
  wanted: readonly (number | undefined)[],
  boxes: readonly Box[],
  centre: Float64Array,
  gap: number,
): void {
  let cursor = -Infinity;
  const placed: number[] = [];
  row.forEach((at, place) => {
    const height = boxes[at]?.height ?? 0;
    const lowest = cursor === -Infinity ? -Infinity : cursor + gap + height / 2;
    const here = Math.max(lowest, wanted[place] ?? (lowest === -Infinity ? 0 : lowest));
    placed.push(here);
    cursor = here + height / 2;
  });
  // The first pass only pushes down: move the whole row back by what it drifted on average.
  let drift = 0;
  let counted = 0;
  placed.forEach((here, place) => {
    const want = wanted[place];
    if (want !== undefined) {
      drift += here - want;
      counted++;
    }
  });
  const shift = counted > 0 ? drift / counted : middle(placed);
  row.forEach((at, place) => (centre[at] = (placed[place] ?? 0) - shift));
}

function middle(placed: readonly number[]): number {
  return ((placed[0] ?? 0) + (placed.at(-1) ?? 0)) / 2;
}
