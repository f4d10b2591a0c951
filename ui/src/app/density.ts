/** How close the rows of lists stand; kept in this browser. */
import { keptChoice } from "./kept-choice";

export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

const kept = keptChoice<Density>("tiphys.density", DENSITIES, (density) => {
  document.documentElement.dataset["density"] = density;
});

export const { get: density, set: setDensity, apply: applyDensity, use: useDensity } = kept;
