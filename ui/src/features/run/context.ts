/** What all views of a run share: the run, what is folded, what is chosen. */
import { createContext, use } from "react";
import type { Workflow } from "../../api/types";
import type { Folds } from "./folds";
import type { RunModel } from "./model";
import type { RunSearch } from "./search";

export type Mark = "again" | "keep";

export interface RunView {
  run: Workflow;
  model: RunModel;
  folds: Folds;
  search: RunSearch;
  /** Change the address: what is named, nothing else. */
  change: (next: RunSearch) => void;
  /** True where the graph stands alone: it has nothing to set then. */
  bare?: boolean;
  /** What a planned retry does with nodes, by id; none while nothing is planned. */
  marks?: ReadonlyMap<string, Mark> | undefined;
}

export const RunContext = createContext<RunView | null>(null);

export function useRunView(): RunView {
  const view = use(RunContext);
  if (!view) throw new Error("this part belongs into a run's page");
  return view;
}
