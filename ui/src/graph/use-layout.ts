import { useEffect, useState } from "react";
import { Layouts } from "./layouts";
import type { Rect } from "./nested";
import type { Scene } from "./scene";

export interface Layout {
  /** Where boxes are; the last places while new ones are found, null before the first. */
  places: ReadonlyMap<string, Rect> | null;
  /** Why there are none; empty while all is well. */
  problem: string;
  again: () => void;
}

/** The places of a scene, found by a worker. */
export function useLayout(scene: Scene): Layout {
  const [places, setPlaces] = useState<ReadonlyMap<string, Rect> | null>(null);
  const [problem, setProblem] = useState("");
  // Its worker begins with the first question.
  const [layouts] = useState(
    () =>
      new Layouts(
        () => new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" }),
        ({ places: found, took }) => {
          performance.measure("tiphys-layout", { start: performance.now() - took, duration: took });
          setPlaces(found);
          setProblem("");
        },
        setProblem,
      ),
  );
  // Phases change far more often than boxes: only what the layout sees starts it again.
  const shape = shapeOf(scene);
  useEffect(() => () => layouts.close(), [layouts]);
  useEffect(() => {
    layouts.ask(scene.items, scene.links, scene.down);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the shape says everything about the scene's boxes
  }, [layouts, shape]);
  const again = (): void => {
    setProblem("");
    layouts.ask(scene.items, scene.links, scene.down);
  };
  return { places, problem, again };
}

function shapeOf(scene: Scene): string {
  const boxes = scene.items.map((item) => `${item.id}/${item.width}/${item.height}/${item.open ? 1 : 0}`);
  return `${scene.down ? "down" : ""}\n${boxes.join("\n")}\n\n${scene.links.map((link) => `${link.from}>${link.to}`).join("\n")}`;
}
