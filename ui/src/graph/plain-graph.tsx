import { lazy, Suspense, useMemo } from "react";
import type { Workflow } from "../api/types";
import { RunContext } from "../features/run/context";
import { useFolds } from "../features/run/folds";
import { modelOf } from "../features/run/model";

const Canvas = lazy(() => import("./canvas"));

/** The graph of a run or of what looks like one, alone: boxes fold, nothing is chosen. */
export function PlainGraph({ run }: { run: Workflow }) {
  const model = useMemo(() => modelOf(run), [run]);
  const folds = useFolds(model);
  return (
    <RunContext value={{ run, model, folds, search: {}, change: () => undefined, bare: true }}>
      <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
        <Canvas />
      </Suspense>
    </RunContext>
  );
}
