import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { planRetry, type RetryOptions } from "../../api/workflows";
import { Phase } from "../../components/phase";
import { RunContext, useRunView } from "../run/context";
import { viewOf } from "./plan-marks";
import "./retry-preview.css";

const Canvas = lazy(() => import("../../graph/canvas"));
const SHOWN = 8;

/** What the server would do for a retry: which steps run again, in words and in the graph. */
export function RetryPreview({ options }: { options: RetryOptions }) {
  const view = useRunView();
  const { run, model } = view;
  const { uid = "", resourceVersion } = run.metadata ?? {};
  const plan = useQuery({
    queryKey: ["plan", uid, resourceVersion, options],
    queryFn: () => planRetry(run, options),
    placeholderData: (before) => before,
  });
  const found = useMemo(() => viewOf(plan.data ?? [], model), [plan.data, model]);
  if (plan.isError)
    return (
      <p role="alert" className="bad-text">
        {plan.error.message}
      </p>
    );
  if (!plan.data) return <div className="skeleton" role="status" aria-label="Asking what would run again" />;
  const count = found.again.length;
  return (
    <section aria-label="What runs again">
      <p>
        <strong>{count === 1 ? "1 step runs again" : `${count} steps run again`}</strong>
        {found.fresh.length > 0 && `, ${found.fresh.length} may run after them`};{" "}
        {found.kept === 1 ? "1 keeps its result" : `${found.kept} keep their results`}.
      </p>
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
        <RunContext value={{ ...view, marks: found.marks, search: {}, change: () => undefined, bare: true }}>
          <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
            <Canvas />
          </Suspense>
        </RunContext>
      </div>
    </section>
  );
}
