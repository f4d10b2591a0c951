import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { paint, type Picture } from "./paint";
import { paletteOf } from "./palette";
import type { Rect } from "./nested";

interface Props {
  picture: Picture;
  /** True when boxes are drawn too, because they are too small to be elements. */
  boxes: boolean;
  /** The box that is chosen; it is set off where boxes are drawn. */
  chosen: Rect | undefined;
}

/** The canvas behind the boxes.  It draws with each movement without asking React. */
export function Ground({ picture, boxes, chosen }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const scale = window.devicePixelRatio || 1;
      if (element.width !== Math.round(width * scale) || element.height !== Math.round(height * scale)) {
        element.width = Math.round(width * scale);
        element.height = Math.round(height * scale);
      }
      const [x, y, zoom] = transform;
      paint(context, picture, { x, y, zoom, width, height }, paletteOf(element), boxes, chosen);
      element.dataset["drawn"] = String(picture.boxes.length);
    };
    const soon = (): void => {
      frame ||= requestAnimationFrame(draw);
    };
    soon();
    const look = new MutationObserver(soon);
    look.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", soon);
    const stop = store.subscribe(soon);
    return () => {
      cancelAnimationFrame(frame);
      look.disconnect();
      dark.removeEventListener("change", soon);
      stop();
    };
  }, [picture, boxes, chosen, store]);
  return <canvas ref={canvas} className="graph-ground" aria-hidden />;
}
