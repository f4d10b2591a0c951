import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { deleteEventObject, type EventKind, getEventObject, updateEventObject } from "../../api/events";
import { InfoLinks } from "../../components/info-links";
import { ObjectPage } from "../definitions/object-page";
import { RecentRuns } from "../definitions/recent-runs";
import { EVENT_PAGES } from "./pages";

export const BindingPage = () => <EventObjectPage kind="WorkflowEventBinding" />;
export const SourcePage = () => <EventObjectPage kind="EventSource" />;
export const SensorPage = () => <EventObjectPage kind="Sensor" />;

const LABELS: Partial<Record<EventKind, string>> = {
  WorkflowEventBinding: "workflows.argoproj.io/workflow-event-binding",
  Sensor: "events.argoproj.io/sensor",
};

/** Where the configuration's links to their logs stand; they run elsewhere, in Argo Events. */
const SCOPES: Partial<Record<EventKind, string>> = {
  EventSource: "event-source-logs",
  Sensor: "sensor-logs",
};

/** A binding, source or sensor: what it started, and its YAML. */
function EventObjectPage({ kind }: { kind: EventKind }) {
  const { namespace = "", name = "" } = useParams({ strict: false });
  const client = useQueryClient();
  const navigate = useNavigate();
  const key = ["event-object", kind, namespace, name];
  const query = useQuery({ queryKey: key, queryFn: () => getEventObject(kind, namespace, name) });
  const label = LABELS[kind];
  const scope = SCOPES[kind];
  return (
    <ObjectPage
      kind={kind}
      name={name}
      object={query.data}
      problem={query.error}
      lint={() => Promise.resolve()}
      reread={() => getEventObject(kind, namespace, name)}
      save={async (manifest) => {
        const kept = await updateEventObject(kind, namespace, name, manifest);
        client.setQueryData(key, kept);
        return kept;
      }}
      remove={async () => {
        await deleteEventObject(kind, namespace, name);
        await navigate({ to: EVENT_PAGES[kind].list, params: { namespace } });
      }}
      actions={scope ? <InfoLinks scope={scope} of={query.data} /> : null}
    >
      {label ? (
        <RecentRuns namespace={namespace} label={`${label}=${name}`} />
      ) : (
        <p>
          What waits for its events:{" "}
          <Link to="/event-flow/$namespace" params={{ namespace }}>
            flow of events
          </Link>
        </p>
      )}
    </ObjectPage>
  );
}
