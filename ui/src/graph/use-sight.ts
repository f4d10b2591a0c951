import { useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { Rect } from "./nested";
import { anchored, boundsOf, fitting, inSight, LEGIBLE, opening } from "./sight";

export interface Sight {
  fit: () => void;
  /** Call it when a person moved the graph: from then on nothing moves by itself. */
  touched: () => void;
}

/** Keeps the right part of the graph in sight: all of it at first, the chosen box, nothing jumping in between. */
export function useSight(
  places: ReadonlyMap<string, Rect> | null,
  chosen: string | undefined,
  first: string | undefined,
): Sight {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const before = useRef<ReadonlyMap<string, Rect> | null>(null);
  const untouched = useRef(true);
  const ready = places !== null && width > 0;
  useLayoutEffect(() => {
    if (!places || width === 0) return;
    const screen = { width, height };
    const old = before.current;
    before.current = places;
    if (untouched.current) {
      void flow.setViewport(opening(boundsOf(places.values()), screen, places.get(first ?? "")));
    } else if (old && old !== places) {
      void flow.setViewport(anchored(old, places, flow.getViewport(), screen, chosen));
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only a new layout or size moves the view
  }, [places, width, height, flow]);
  useEffect(() => {
    const rect = places?.get(chosen ?? "");
    if (!rect || width === 0) return;
    const view = flow.getViewport();
    if (inSight(rect, view, { width, height })) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    untouched.current = false;
    void flow.setCenter(rect.x + rect.width / 2, rect.y + Math.min(rect.height, 120) / 2, {
      zoom: Math.max(view.zoom, LEGIBLE + 0.1),
      duration: calm ? 0 : 200,
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a new layout is no reason to go to the chosen box again
  }, [chosen, ready, width, height, flow]);
  const fit = useCallback((): void => {
    if (before.current)
      void flow.setViewport(fitting(boundsOf(before.current.values()), { width, height }), { duration: 150 });
  }, [flow, width, height]);
  return { fit, touched: () => (untouched.current = false) };
}
