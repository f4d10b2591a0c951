/** Light, dark, or as the system says; kept in this browser. */
import { keptChoice } from "./kept-choice";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const kept = keptChoice<Theme>("tiphys.theme", THEMES, (theme) => {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
});

export const { set: setTheme, apply: applyTheme, use: useTheme } = kept;
