/** What the page that is open can do, for the palette: offered while the page is drawn. */
import { useEffect, useRef } from "react";

export interface Offer {
  title: string;
  hint?: string;
  run: () => void;
}

const open = new Set<{ current: readonly Offer[] }>();

/** Offer these while the component is there. */
export function useOffer(offers: readonly Offer[]): void {
  const latest = useRef(offers);
  useEffect(() => {
    latest.current = offers;
  });
  useEffect(() => {
    open.add(latest);
    return () => {
      open.delete(latest);
    };
  }, []);
}

/** All that is offered at this moment. */
export const offersNow = (): Offer[] => [...open].flatMap((each) => each.current);
