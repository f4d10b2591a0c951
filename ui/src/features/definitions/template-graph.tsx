import { useMemo } from "react";
import type { WorkflowSpec } from "../../api/types";
import { PlainGraph } from "../../graph/plain-graph";
import { previewOf } from "./preview";

/** What a spec will do, drawn as a run that has not begun. */
export function TemplateGraph({ name, spec }: { name: string; spec: WorkflowSpec }) {
  const run = useMemo(() => previewOf(name, spec), [name, spec]);
  return (
    <div className="card graph-card">
      <PlainGraph run={run} />
    </div>
  );
}
