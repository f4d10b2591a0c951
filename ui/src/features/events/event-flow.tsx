import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { bindingsIn, newestRuns, sensorsIn, sourcesIn } from "../../api/queries";
import { Notice } from "../../components/notice";
import { PlainGraph } from "../../graph/plain-graph";
import { flowOf } from "./flow";

/** Events, what waits for them, what they start and its newest runs, as one graph. */
export function EventFlow({ namespace }: { namespace: string }) {
  const sources = useQuery(sourcesIn(namespace));
  const sensors = useQuery(sensorsIn(namespace));
  const bindings = useQuery(bindingsIn(namespace));
  const runs = useQuery(newestRuns(namespace, 200));
  const run = useMemo(
    () =>
      flowOf({
        sources: sources.data?.items ?? [],
        sensors: sensors.data?.items ?? [],
        bindings: bindings.data?.items ?? [],
        runs: runs.data?.items ?? [],
      }),
    [sources.data, sensors.data, bindings.data, runs.data],
  );
  const failed = [sources, sensors, bindings].find((query) => query.isError);
  if (failed?.error)
    return (
      <Notice
        title="The events cannot be read"
        tone="danger"
        action={{ label: "Try again", run: () => void failed.refetch() }}
      >
        {failed.error.message}
      </Notice>
    );
  if ([sources, sensors, bindings].some((query) => query.isPending))
    return <div className="skeleton" role="status" aria-label="Reading events" />;
  if (Object.keys(run.status?.nodes ?? {}).length === 1)
    return <Notice title="Nothing waits for events">Bindings, sources and sensors appear here.</Notice>;
  return (
    <div className="card graph-card">
      <PlainGraph run={run} />
    </div>
  );
}
