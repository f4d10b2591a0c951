import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { hasFailed } from "../../api/phases";
import type { NodeStatus } from "../../api/types";
import { podName } from "../../api/workflows";
import { lastLines } from "../../logs/source";
import { placeOf } from "./cause-place";
import { useRunView } from "./context";
import { logOf } from "./log-of";
import { logPlace } from "./search";

/** What a failed run failed of, with the end of its log; nothing for other runs. */
export function FailureBanner() {
  const { run, model, change } = useRunView();
  const [at, setAt] = useState(0);
  const failed = hasFailed(run.status?.phase);
  const cause = failed ? model.causes[Math.min(at, model.causes.length - 1)] : undefined;
  if (!failed) return null;
  // A group that failed by itself wrote nothing: its log would be that of what is in it.
  const leaf = cause?.type === "Pod" || cause?.type === "Container";
  const log = leaf ? logOf(cause) : undefined;
  return (
    <section className="banner" role="alert" aria-label="Failure">
      <div className="banner-line">
        <Why cause={cause} />
        <div className="banner-buttons">
          {model.causes.length > 1 && (
            <button type="button" className="button" onClick={() => setAt((at + 1) % model.causes.length)}>
              {Math.min(at, model.causes.length - 1) + 1} of {model.causes.length}: next
            </button>
          )}
          {cause && (
            <button
              type="button"
              className="button"
              onClick={() =>
                change(log ? { nodeId: cause.id, sidePanel: log, line: undefined } : { nodeId: cause.id })
              }
            >
              {log ? "Open log" : "Look"}
            </button>
          )}
          <button type="button" className="button" onClick={() => change({ ask: "retry" })}>
            Retry…
          </button>
        </div>
      </div>
      {cause && log && <LastLines key={cause.id} cause={cause} log={log} />}
    </section>
  );
}

function Why({ cause }: { cause: NodeStatus | undefined }) {
  const { run, model } = useRunView();
  const { message = "", phase = "" } = run.status ?? {};
  const [, how] = /^Stopped with strategy '(Stop|Terminate)'/.exec(message) ?? [];
  const place = cause && placeOf(cause, model);
  if (how)
    return (
      <p>
        <strong>The run was {how === "Stop" ? "stopped" : "terminated"}</strong>
        {place && ` while ${place} ran`}
      </p>
    );
  const exit = cause?.outputs?.exitCode;
  return (
    <p>
      <strong>{place ? `Failed in ${place}` : "The run failed"}</strong>
      {": "}
      {cause?.message ?? (message || phase)}
      {exit !== undefined && exit !== "0" && !cause?.message?.includes(exit) && ` (exit code ${exit})`}
      {cause?.hostNodeName && <span className="dim"> on {cause.hostNodeName}</span>}
    </p>
  );
}

function LastLines({ cause, log }: { cause: NodeStatus; log: string }) {
  const { run } = useRunView();
  const { namespace = "", name = "" } = run.metadata ?? {};
  const { container } = logPlace({ sidePanel: log }) ?? { container: "main" };
  // A container of a set is in the pod of its boundary.
  const node = cause.type === "Container" ? run.status?.nodes?.[cause.boundaryID ?? ""] : cause;
  const pod = node?.type === "Pod" ? podName(name, node) : "";
  const lines = useQuery({
    queryKey: ["tail", namespace, name, pod, container],
    queryFn: ({ signal }) => lastLines(namespace, name, pod, container, 20, signal),
    enabled: pod !== "",
    staleTime: Infinity,
  });
  if (!lines.data?.length) return null;
  return (
    <details className="banner-log" open={lines.data.length <= 6}>
      <summary>Last lines of its log</summary>
      <pre>{lines.data.join("\n")}</pre>
    </details>
  );
}
