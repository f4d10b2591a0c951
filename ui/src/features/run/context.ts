/** What all views of a run share: the run, what is folded, what is chosen. */
import { createContext, use } from "react";
import type { Workflow } from "../../api/types";
import type { Folds } from "./folds";
import type { RunModel } from "./model";
import type { RunSearch } from "./search";

export interface RunView {
  run: Workflow;
  model: RunModel;
  folds: Folds;
  search: RunSearch;
  /** Change the address: what is named, nothing else. */
  change: (next: RunSearch) => void;
}

export const RunContext = createContext<RunView | null>(null);

export function useRunView(): RunView {
  const view = use(RunContext);
  if (!view) throw new Error("this part belongs into a run's page");
  return view;
}
