import { useEffect, useEffectEvent } from "react";

/** Hears every key that is pressed on the page, with what was rendered last. */
export function useKeydown(heard: (event: KeyboardEvent) => void): void {
  const pressed = useEffectEvent(heard);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => pressed(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
