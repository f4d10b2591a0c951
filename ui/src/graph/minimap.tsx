import { useReactFlow, useStore } from "@xyflow/react";
import { type PointerEvent, useEffect, useMemo, useRef } from "react";
import type { Picture } from "./paint";
import { paletteOf } from "./palette";
import { boundsOf } from "./sight";

const WIDTH = 180;
const HEIGHT = 110;

/** The whole graph, small, with the part that is in sight; a click or drag goes there. */
export function Minimap({ picture }: { picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useReactFlow();
  const [x, y, zoom] = useStore((state) => state.transform);
  const [width, height] = [useStore((state) => state.width), useStore((state) => state.height)];
  const fit = useMemo(() => fitOf(picture), [picture]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context) return;
    const palette = paletteOf(canvas.current);
    context.clearRect(0, 0, 2 * WIDTH, 2 * HEIGHT);
    for (const { rect, look, open } of picture.boxes) {
      if (open) continue;
      context.fillStyle = palette.look(look);
      const [left, top] = [2 * (fit.x + rect.x * fit.scale), 2 * (fit.y + rect.y * fit.scale)];
      const wide = Math.max(1.5, 2 * rect.width * fit.scale);
      context.fillRect(left, top, wide, Math.max(1.5, 2 * rect.height * fit.scale));
    }
  }, [picture, fit]);
  const go = (event: PointerEvent<HTMLElement>): void => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const place = {
      x: (event.clientX - box.left - fit.x) / fit.scale,
      y: (event.clientY - box.top - fit.y) / fit.scale,
    };
    void flow.setCenter(place.x, place.y, { zoom });
  };
  const at = (world: number, offset: number): number => offset + world * fit.scale;
  const sight = {
    left: Math.max(0, at(-x / zoom, fit.x)),
    top: Math.max(0, at(-y / zoom, fit.y)),
    right: Math.min(WIDTH, at((width - x) / zoom, fit.x)),
    bottom: Math.min(HEIGHT, at((height - y) / zoom, fit.y)),
  };
  return (
    <div className="graph-minimap" aria-hidden onPointerDown={go} onPointerMove={go}>
      <canvas ref={canvas} width={2 * WIDTH} height={2 * HEIGHT} />
      <span
        style={{
          left: sight.left,
          top: sight.top,
          width: Math.max(4, sight.right - sight.left),
          height: Math.max(4, sight.bottom - sight.top),
        }}
      />
    </div>
  );
}

function fitOf(picture: Picture): { x: number; y: number; scale: number } {
  const { width, height } = boundsOf(picture.boxes.map((box) => box.rect));
  const [right, bottom] = [Math.max(1, width), Math.max(1, height)];
  const scale = Math.min((WIDTH - 12) / right, (HEIGHT - 12) / bottom);
  return { x: (WIDTH - right * scale) / 2, y: (HEIGHT - bottom * scale) / 2, scale };
}
