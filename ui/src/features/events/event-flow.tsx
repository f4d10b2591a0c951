import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { bindingsIn, newestRuns, sensorsIn, sourcesIn } from "../../api/queries";
import { useWatch } from "../../api/watch";
import { Failed } from "../../components/failed";
import { Live, type Liveness } from "../../components/live";
import { Notice } from "../../components/notice";
import { PlainGraph } from "../../graph/plain-graph";
import { BINDING_LABEL, flowOf, SENSOR_LABEL, waysOf } from "./flow";
import { FlowList } from "./flow-list";

/** Runs that are counted. */
const MOST = 200;

/** Events, what waits for them, what they start and its newest runs, as one graph. */
export function EventFlow({ namespace }: { namespace: string }) {
  const sources = useQuery(sourcesIn(namespace));
  const sensors = useQuery(sensorsIn(namespace));
  const bindings = useQuery(bindingsIn(namespace));
  const ofBindings = useQuery(newestRuns(namespace, MOST, BINDING_LABEL));
  const ofSensors = useQuery(newestRuns(namespace, MOST, SENSOR_LABEL));
  const live = useStarts(namespace);
  const parts = useMemo(
    () => ({
      sources: sources.data?.items ?? [],
      sensors: sensors.data?.items ?? [],
      bindings: bindings.data?.items ?? [],
      runs: [...(ofBindings.data?.items ?? []), ...(ofSensors.data?.items ?? [])],
    }),
    [sources.data, sensors.data, bindings.data, ofBindings.data, ofSensors.data],
  );
  const run = useMemo(() => flowOf(parts), [parts]);
  const failed = [sources, sensors, bindings].find((query) => query.isError);
  if (failed?.error)
    return <Failed title="The events cannot be read" error={failed.error} retry={failed.refetch} />;
  if ([sources, sensors, bindings].some((query) => query.isPending))
    return <div className="skeleton" role="status" aria-label="Reading events" />;
  if (Object.keys(run.status?.nodes ?? {}).length === 1)
    return <Notice title="Nothing waits for events">Bindings, sources and sensors appear here.</Notice>;
  return (
    <>
      <p className="flow-state">
        <Live state={live} />
        <span className="dim">Counts are of the newest {MOST} runs that events started.</span>
      </p>
      <div className="event-flow">
        <div className="card graph-card">
          <PlainGraph run={run} />
        </div>
        <FlowList ways={waysOf(parts)} />
      </div>
    </>
  );
}

/** Reads what events started anew while bindings start runs, at most every second. */
function useStarts(namespace: string): Liveness {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const again = (): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: ["newest-runs", namespace, BINDING_LABEL] });
    }, 1000);
  };
  return useWatch({ namespace, labelSelector: BINDING_LABEL, since: "" }, again, again);
}
