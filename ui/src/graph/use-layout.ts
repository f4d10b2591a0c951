import { useEffect, useRef, useState } from "react";
import type { Answer, Question } from "./layout.worker";
import type { Rect } from "./nested";
import type { Scene } from "./scene";

/** The places of a scene from the worker; the last ones while it works, null before the first. */
export function useLayout(scene: Scene): ReadonlyMap<string, Rect> | null {
  const worker = useRef<Worker | null>(null);
  const turn = useRef(0);
  const [places, setPlaces] = useState<ReadonlyMap<string, Rect> | null>(null);
  // Phases change far more often than boxes: only what the layout sees starts it again.
  const shape = shapeOf(scene);
  useEffect(() => {
    const made = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    made.addEventListener("message", (event: MessageEvent<Answer>) => {
      if (event.data.turn !== turn.current) return;
      performance.measure("tiphys-layout", {
        start: performance.now() - event.data.took,
        duration: event.data.took,
      });
      setPlaces(event.data.places);
    });
    worker.current = made;
    return () => made.terminate();
  }, []);
  useEffect(() => {
    turn.current += 1;
    const question: Question = { turn: turn.current, items: scene.items, edges: scene.links };
    worker.current?.postMessage(question);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the shape says everything about the scene's boxes
  }, [shape]);
  return places;
}

function shapeOf(scene: Scene): string {
  const boxes = scene.items.map((item) => `${item.id}/${item.width}/${item.height}/${item.open ? 1 : 0}`);
  return `${boxes.join("\n")}\n\n${scene.links.map((link) => `${link.from}>${link.to}`).join("\n")}`;
}
