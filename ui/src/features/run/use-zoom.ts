import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { CLOSEST } from "./bars";

export interface Zoom {
  /** What scrolls. */
  scroll: RefObject<HTMLDivElement | null>;
  zoom: number;
  /** Spread time so much; what is at `x` of the window stays there, else what is in the middle. */
  zoomTo: (next: number, x?: number) => void;
  /** Show what is between two places of the window. */
  zoomOn: (left: number, right: number) => void;
}

/** Zooms the time of a timeline: by a slider, with Ctrl and the wheel, with two fingers, or by a stretch that is drawn. */
export function useZoom(): Zoom {
  const scroll = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const now = useRef(1);
  /** The part of the time that is to be at so many pixels from the names, once it is drawn. */
  const anchor = useRef<{ part: number; at: number } | null>(null);
  const set = useCallback((next: number) => {
    now.current = Math.max(1, Math.min(CLOSEST, next));
    setZoom(now.current);
  }, []);
  /** Pixels from the names to a place of the window, and which part of the time is there. */
  const place = useCallback((x: number | undefined): { part: number; at: number } | null => {
    const element = scroll.current;
    if (!element) return null;
    const { room, names } = sizes(element);
    const at = x === undefined ? room / 2 : x - element.getBoundingClientRect().left - names;
    return { part: (element.scrollLeft + at) / (room * now.current), at };
  }, []);
  const zoomTo = useCallback(
    (next: number, x?: number) => {
      anchor.current = place(x);
      set(next);
    },
    [place, set],
  );
  const zoomOn = useCallback(
    (left: number, right: number) => {
      const [from, to] = [place(left), place(right)];
      if (!from || !to || to.part <= from.part) return;
      anchor.current = { part: from.part, at: 0 };
      set(1 / (to.part - from.part));
    },
    [place, set],
  );
  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element || !anchor.current) return;
    element.scrollTo({ left: anchor.current.part * sizes(element).room * zoom - anchor.current.at });
    anchor.current = null;
  }, [zoom]);
  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(now.current * Math.exp(-event.deltaY / 200), event.clientX);
    };
    let apart = 0;
    const fingers = (event: TouchEvent): void => {
      const [a, b] = event.touches;
      if (!a || !b) {
        apart = 0;
        return;
      }
      event.preventDefault();
      const next = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      if (apart > 0) zoomTo((now.current * next) / apart, (a.clientX + b.clientX) / 2);
      apart = next;
    };
    const active = { passive: false };
    element.addEventListener("wheel", wheel, active);
    for (const name of ["touchstart", "touchmove", "touchend", "touchcancel"] as const)
      element.addEventListener(name, fingers, active);
    return () => {
      element.removeEventListener("wheel", wheel);
      for (const name of ["touchstart", "touchmove", "touchend", "touchcancel"] as const)
        element.removeEventListener(name, fingers);
    };
  }, [zoomTo]);
  return { scroll, zoom, zoomTo, zoomOn };
}

/** Pixels that the names take, and that are left for time. */
function sizes(element: HTMLElement): { names: number; room: number } {
  const names = element.querySelector<HTMLElement>(".timeline-corner")?.offsetWidth ?? 0;
  return { names, room: Math.max(1, element.clientWidth - names) };
}
