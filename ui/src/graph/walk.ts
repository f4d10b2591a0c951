/** Where keys lead in a graph; pure. */
import type { Link } from "../features/run/model";
import type { Rect } from "./nested";

/** Where an arrow leads from a box: along a link, else to the nearest box on that side; the first box from nowhere.  `down` says that links lead down. */
export function neighbour(
  links: readonly Link[],
  places: ReadonlyMap<string, Rect>,
  here: string | undefined,
  key: string,
  down = false,
): string | undefined {
  if (!["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"].includes(key)) return undefined;
  const from = here === undefined ? undefined : places.get(here);
  if (here === undefined || !from) return places.keys().next().value;
  const ahead =
    key === (down ? "ArrowDown" : "ArrowRight")
      ? links.filter((link) => link.from === here).map((link) => link.to)
      : key === (down ? "ArrowUp" : "ArrowLeft")
        ? links.filter((link) => link.to === here).map((link) => link.from)
        : [];
  return nearest(ahead, from, places) ?? nearest(beside(from, key, places), from, places);
}

const middle = (rect: Rect): { x: number; y: number } => ({
  x: rect.x + rect.width / 2,
  y: rect.y + Math.min(rect.height, 40) / 2,
});

function beside(from: Rect, key: string, places: ReadonlyMap<string, Rect>): string[] {
  const own = middle(from);
  const found: string[] = [];
  for (const [id, rect] of places) {
    const other = middle(rect);
    const [right, down] = [other.x - own.x, other.y - own.y];
    const there =
      (key === "ArrowRight" && right > 1 && right > Math.abs(down)) ||
      (key === "ArrowLeft" && right < -1 && -right > Math.abs(down)) ||
      (key === "ArrowDown" && down > 1 && Math.abs(right) < from.width) ||
      (key === "ArrowUp" && down < -1 && Math.abs(right) < from.width);
    if (there) found.push(id);
  }
  return found;
}

function nearest(ids: readonly string[], from: Rect, places: ReadonlyMap<string, Rect>): string | undefined {
  const own = middle(from);
  let best: string | undefined;
  let least = Infinity;
  for (const id of ids) {
    const rect = places.get(id);
    if (!rect) continue;
    const other = middle(rect);
    const far = Math.hypot(other.x - own.x, other.y - own.y);
    if (far < least) [best, least] = [id, far];
  }
  return best;
}
