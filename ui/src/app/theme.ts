/** Light, dark, or as the system says; kept in this browser. */
import { lasting } from "../api/storage";
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
const KEY = "tiphys.theme";
const listeners = new Set<() => void>();

function stored(): Theme {
  const value = lasting.get(KEY);
  return value === "light" || value === "dark" ? value : "system";
}

/** Put the kept theme onto the document; called once before anything is drawn. */
export function applyTheme(): void {
  const theme = stored();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function setTheme(theme: Theme): void {
  if (theme === "system") lasting.remove(KEY);
  else lasting.set(KEY, theme);
  applyTheme();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, stored);
}
