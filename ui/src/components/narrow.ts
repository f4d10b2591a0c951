/** Whether the window is as narrow as a phone, as React state. */
import { useSyncExternalStore } from "react";

const query = matchMedia("(max-width: 640px)");

function subscribe(listener: () => void): () => void {
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
