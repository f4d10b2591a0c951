import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { hasFailed } from "../../api/phases";
import { RerunDialog } from "../actions/rerun";
import { lastLines } from "../../logs/source";
import { podName } from "../../api/workflows";
import { useRunView } from "./context";

/** What a failed run failed of, with the end of its log; nothing for other runs. */
export function FailureBanner() {
  const { run, model, change } = useRunView();
  const [at, setAt] = useState(0);
  const [rerun, setRerun] = useState(false);
  const phase = run.status?.phase ?? "";
  const failed = hasFailed(phase);
  const cause = failed ? model.causes[Math.min(at, model.causes.length - 1)] : undefined;
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const lines = useQuery({
    queryKey: ["tail", namespace, name, cause?.id ?? ""],
    queryFn: ({ signal }) => lastLines(namespace, name, cause ? podName(name, cause) : "", 20, signal),
    enabled: cause?.type === "Pod",
    staleTime: Infinity,
  });
  if (!failed) return null;
  const exit = cause?.outputs?.exitCode;
  return (
    <section className="banner" role="alert" aria-label="Failure">
      <div className="banner-line">
        <p>
          <strong>{cause ? `Failed in ${cause.displayName ?? cause.name ?? ""}` : "The run failed"}</strong>
          {": "}
          {cause?.message ?? run.status?.message ?? phase}
          {exit !== undefined && exit !== "0" && !cause?.message?.includes(exit) && ` (exit code ${exit})`}
        </p>
        {model.causes.length > 1 && (
          <button type="button" className="button" onClick={() => setAt((at + 1) % model.causes.length)}>
            {Math.min(at, model.causes.length - 1) + 1} of {model.causes.length}: next
          </button>
        )}
        {cause && (
          <>
            <button
              type="button"
              className="button"
              onClick={() => change({ nodeId: cause.id, sidePanel: `logs:${cause.id ?? ""}:main` })}
            >
              Open log
            </button>
            <button type="button" className="button" onClick={() => setRerun(true)}>
              Retry…
            </button>
          </>
        )}
      </div>
      {lines.data && lines.data.length > 0 && (
        <details className="banner-log" open={lines.data.length <= 6}>
          <summary>Last lines of its log</summary>
          <pre>{lines.data.join("\n")}</pre>
        </details>
      )}
      {rerun && <RerunDialog verb="retry" onClose={() => setRerun(false)} />}
    </section>
  );
}
