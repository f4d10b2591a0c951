import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { planRetry, type RetryOptions } from "../../api/workflows";
import { Phase } from "../../components/phase";
import { RunContext, useRunView } from "../run/context";
import type { RunSearch } from "../run/search";
import { viewOf } from "./plan-marks";
import "./retry-preview.css";

const Canvas = lazy(() => import("../../graph/canvas"));
const SHOWN = 8;

interface Props {
  options: RetryOptions;
  /** A click in the graph chooses nodes. */
  picking: boolean;
  /** No node is chosen, so there is nothing to ask the server. */
  nothing: boolean;
}

/** What the server would do for a retry: which steps run again, in words and in the graph. */
export function RetryPreview({ options, picking, nothing }: Props) {
  const view = useRunView();
  const { run, model, search } = view;
  // The place of the arrow keys in this graph; the page behind has its own.
  const [at, setAt] = useState<string | undefined>();
  const { uid = "", resourceVersion } = run.metadata ?? {};
  const plan = useQuery({
    queryKey: ["plan", uid, resourceVersion, options],
    queryFn: () => planRetry(run, options),
    placeholderData: (before) => before,
    enabled: !nothing,
  });
  const found = useMemo(() => viewOf(nothing ? [] : (plan.data ?? []), model), [nothing, plan.data, model]);
  const change = (next: RunSearch): void => {
    if ("nodeId" in next) setAt(next.nodeId);
    else if (picking && "nodes" in next) view.change({ nodes: next.nodes });
  };
  if (plan.isError)
    return (
      <p role="alert" className="bad-text">
        {plan.error.message}
      </p>
    );
  if (!plan.data && !nothing)
    return <div className="skeleton" role="status" aria-label="Asking what would run again" />;
  const count = found.again.length;
  return (
    <section aria-label="What runs again">
      {nothing ? (
        <p>No node is chosen yet.</p>
      ) : (
        <p>
          <strong>{count === 1 ? "1 step runs again" : `${count} steps run again`}</strong>
          {found.fresh.length > 0 && `, ${found.fresh.length} may run after them`};{" "}
          {found.kept === 1 ? "1 keeps its result" : `${found.kept} keep their results`}.
        </p>
      )}
      <ul className="preview">
        {found.again.slice(0, SHOWN).map((each) => (
          <li key={each.id}>
            <Phase phase={each.phase} bare /> {each.name}
          </li>
        ))}
        {found.fresh.slice(0, SHOWN).map((each) => (
          <li key={each} className="dim">
            {each}
          </li>
        ))}
        {count > SHOWN && <li>and {count - SHOWN} more</li>}
      </ul>
      <div className="preview-graph">
        <RunContext
          value={{
            ...view,
            marks: nothing ? undefined : found.marks,
            search: { nodeId: at, nodes: picking ? search.nodes : undefined },
            change,
            bare: true,
          }}
        >
          <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
            <Canvas />
          </Suspense>
        </RunContext>
      </div>
    </section>
  );
}
