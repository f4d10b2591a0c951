import { useState } from "react";
import { segment } from "../../api/client";
import { items } from "../../api/stream";
import { useWatch } from "../../api/watch";
import { Live } from "../../components/live";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { ago } from "../../components/time";
import { useRunView } from "./context";

interface KubernetesEvent {
  metadata?: { uid?: string; name?: string; creationTimestamp?: string };
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  involvedObject?: { name?: string; kind?: string };
}

/** What the server told about the run, newest first. */
export function RunEvents() {
  const { run } = useRunView();
  const now = useNow();
  const [events, setEvents] = useState<ReadonlyMap<string, KubernetesEvent>>(new Map());
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const live = useWatch<KubernetesEvent>(
    `${namespace}/${name}`,
    (signal) =>
      items(`api/v1/stream/events/${segment(namespace)}`, {
        query: { "listOptions.fieldSelector": `involvedObject.name=${name}` },
        signal,
      }),
    (batch) => {
      const next = new Map(events);
      for (const event of batch) next.set(event.metadata?.uid ?? event.metadata?.name ?? "", event);
      setEvents(next);
    },
    () => undefined,
  );
  const rows = [...events.values()].reverse();
  return (
    <div className="panel-scroll">
      <Live state={live} />
      {rows.length === 0 ? (
        <Notice title="No events">Nothing was told about this run yet.</Notice>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Type</th>
              <th scope="col">Reason</th>
              <th scope="col">Message</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((event) => (
              <tr key={event.metadata?.uid ?? event.metadata?.name}>
                <td>{ago(event.lastTimestamp ?? event.metadata?.creationTimestamp, now)}</td>
                <td>{event.type}</td>
                <td>{event.reason}</td>
                <td>{event.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
