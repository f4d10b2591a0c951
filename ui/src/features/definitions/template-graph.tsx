import { lazy, Suspense, useMemo } from "react";
import type { WorkflowSpec } from "../../api/types";
import { RunContext } from "../run/context";
import { useFolds } from "../run/folds";
import { modelOf } from "../run/model";
import { previewOf } from "./preview";

const Canvas = lazy(() => import("../../graph/canvas"));

/** What a spec will do, drawn as a run that has not begun. */
export function TemplateGraph({ name, spec }: { name: string; spec: WorkflowSpec }) {
  const run = useMemo(() => previewOf(name, spec), [name, spec]);
  const model = useMemo(() => modelOf(run), [run]);
  const folds = useFolds(model);
  return (
    <RunContext value={{ run, model, folds, search: {}, change: () => undefined, bare: true }}>
      <div className="template-graph card">
        <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
          <Canvas />
        </Suspense>
      </div>
    </RunContext>
  );
}
