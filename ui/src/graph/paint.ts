/** Draws a graph on a canvas: links always, boxes where they are too small or too many to be elements of the page. */
import { curve } from "./curve";
import type { Rect } from "./nested";
import type { Palette } from "./palette";
import { LEGIBLE, overlaps, type Part, type Size, type View } from "./sight";

interface PaintBox {
  id: string;
  rect: Rect;
  /** The class of its colour. */
  look: string;
  /** True for an open group: only its ground is drawn. */
  open: boolean;
  planned: boolean;
  faded: boolean;
  /** Under what condition it runs: written where its links end. */
  proviso?: string | undefined;
}

export interface PaintLink {
  from: Rect;
  to: Rect;
  kind: "plain" | "planned" | "critical" | "artifact";
}

export interface Picture {
  boxes: readonly PaintBox[];
  links: readonly PaintLink[];
  /** True when the graph runs from top to bottom. */
  down: boolean;
}

/** More links than this in sight are a grey haze: only the first are drawn. */
const LINKS = 4000;

/** Draw all that a view shows; `boxes` says whether boxes are drawn or only grounds of groups and links. */
export function paint(
  context: CanvasRenderingContext2D,
  picture: Picture,
  view: View & Size,
  palette: Palette,
  boxes: boolean,
  chosen: Rect | undefined,
): void {
  const scale = window.devicePixelRatio || 1;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  context.setTransform(scale * view.zoom, 0, 0, scale * view.zoom, scale * view.x, scale * view.y);
  const left = -view.x / view.zoom;
  const top = -view.y / view.zoom;
  const sight = { left, top, right: left + view.width / view.zoom, bottom: top + view.height / view.zoom };
  const seen = picture.boxes.filter((box) => overlaps(box.rect, sight));
  grounds(context, seen, palette);
  links(context, picture, sight, view.zoom, palette);
  if (boxes) small(context, seen, palette);
  else if (view.zoom >= LEGIBLE) provisos(context, seen, palette);
  if (boxes && chosen) {
    context.globalAlpha = 1;
    context.lineWidth = 3 / view.zoom;
    context.strokeStyle = palette.token("focus");
    const { x, y, width, height } = chosen;
    context.strokeRect(x, y, width, height);
  }
}

/** Behind the links, or they would be hidden inside groups; outer groups come before inner ones. */
function grounds(context: CanvasRenderingContext2D, boxes: readonly PaintBox[], palette: Palette): void {
  context.fillStyle = palette.token("sunken");
  for (const box of boxes) {
    if (!box.open) continue;
    context.globalAlpha = 0.6;
    context.fillRect(box.rect.x, box.rect.y, box.rect.width, box.rect.height);
  }
  context.globalAlpha = 1;
}

function links(
  context: CanvasRenderingContext2D,
  { links: all, down }: Picture,
  sight: Part,
  zoom: number,
  palette: Palette,
): void {
  const looks = {
    plain: { colour: palette.token("line-strong"), width: 1.3, dash: [] },
    planned: { colour: palette.token("line-strong"), width: 1.3, dash: [4, 4] },
    artifact: { colour: palette.look("hue-2"), width: 1.6, dash: [2, 4] },
    critical: { colour: palette.token("accent"), width: 3, dash: [] },
  };
  let drawn = 0;
  for (const kind of ["plain", "planned", "artifact", "critical"] as const) {
    const { colour, width, dash } = looks[kind];
    context.beginPath();
    for (const link of all) {
      if (link.kind !== kind || drawn > LINKS) continue;
      const { x1, y1, ax, ay, bx, by, x2, y2 } = curve(link.from, link.to, down);
      if (Math.max(x1, x2) < sight.left || Math.min(x1, x2) > sight.right) continue;
      if (Math.max(y1, y2) < sight.top || Math.min(y1, y2) > sight.bottom) continue;
      drawn++;
      context.moveTo(x1, y1);
      // From afar nobody sees the bend, and straight lines cost a tenth.
      if (zoom < 0.3) context.lineTo(x2, y2);
      else context.bezierCurveTo(ax, ay, bx, by, x2, y2);
    }
    context.strokeStyle = colour;
    // Thin lines stay visible when the graph is small.
    context.lineWidth = Math.max(width, 0.6 / zoom);
    context.setLineDash(dash);
    context.stroke();
  }
  context.setLineDash([]);
}

/** Above each box, so that it fits between two rows of boxes. */
function provisos(context: CanvasRenderingContext2D, boxes: readonly PaintBox[], palette: Palette): void {
  context.font = "italic 10.5px system-ui, sans-serif";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = palette.token("bg");
  context.fillStyle = palette.token("ink-2");
  for (const { rect, proviso, faded } of boxes) {
    if (!proviso) continue;
    const room = Math.floor((rect.width + 24) / 5.4);
    const text = proviso.length > room ? `${proviso.slice(0, room - 1)}…` : proviso;
    context.globalAlpha = faded ? 0.3 : 1;
    context.strokeText(text, rect.x, rect.y - 3);
    context.fillText(text, rect.x, rect.y - 3);
  }
  context.globalAlpha = 1;
}

function small(context: CanvasRenderingContext2D, boxes: readonly PaintBox[], palette: Palette): void {
  const surface = palette.token("surface");
  for (const { rect, look, open, planned, faded } of boxes) {
    const colour = palette.look(look);
    if (open || planned) {
      context.globalAlpha = faded ? 0.25 : 1;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.strokeRect(rect.x, rect.y, rect.width, rect.height);
      continue;
    }
    context.globalAlpha = 1;
    context.fillStyle = surface;
    context.fillRect(rect.x, rect.y, rect.width, rect.height);
    context.globalAlpha = faded ? 0.12 : 0.55;
    context.fillStyle = colour;
    context.fillRect(rect.x, rect.y, rect.width, rect.height);
    context.globalAlpha = faded ? 0.25 : 1;
    context.fillRect(rect.x, rect.y, 8, rect.height);
  }
  context.globalAlpha = 1;
}
