/** How close the rows of lists stand; kept in this browser. */
import { lasting } from "../api/storage";
import { useSyncExternalStore } from "react";

export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

const KEY = "tiphys.density";
const listeners = new Set<() => void>();

export const density = (): Density => (lasting.get(KEY) === "compact" ? "compact" : "comfortable");

/** Put the kept density onto the document; called once before anything is drawn. */
export function applyDensity(): void {
  document.documentElement.dataset["density"] = density();
}

export function setDensity(next: Density): void {
  if (next === "compact") lasting.set(KEY, next);
  else lasting.remove(KEY);
  applyDensity();
  for (const listener of listeners) listener();
}

export function useDensity(): Density {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, density);
}
