import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import {
  type Binding,
  createEventObject,
  type EventKind,
  type EventObject,
  type EventSource,
  type Sensor,
} from "../../api/events";
import { bindingsIn, sensorsIn, sourcesIn } from "../../api/queries";
import { EVERY } from "../../api/namespaces";
import { targetNamespace } from "../../app/namespace";
import { Answer } from "../../components/answer";
import { Notice } from "../../components/notice";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { TemplateLink } from "../../components/template-link";
import { NewObject } from "../definitions/new-object";
import { EVENT_EXAMPLES } from "./example";
import { eventsOf } from "./flow";
import { EVENT_PAGES } from "./pages";

const ELSEWHERE =
  "These are kept and shown, not run: Argo Events does that. Events that are sent to this server start what bindings say.";

interface ListProps<T> {
  namespace: string;
  kind: EventKind;
  items: readonly T[];
  /** What is said when there are none. */
  empty: string;
  /** What has to be known of all of them. */
  note?: string;
  columns: readonly (readonly [string, (item: T) => ReactNode])[];
}

/** The objects of one kind, each leading to its page, and a way to write another. */
function ObjectList<T extends EventObject>({ namespace, kind, items, empty, note, columns }: ListProps<T>) {
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const { plural, one, to } = EVENT_PAGES[kind];
  const target = targetNamespace(namespace);
  return (
    <>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={() => setAdding(true)}>
          New {one}
        </button>
      </div>
      {note && items.length > 0 && <p className="dim">{note}</p>}
      {items.length === 0 ? (
        <Notice title={`No ${plural} yet`}>{empty}</Notice>
      ) : (
        <TableCard label={plural}>
          <table className="table">
            <TableHead columns={["Name", ...columns.map(([title]) => title)]} />
            <tbody>
              {items.map((item) => (
                <tr key={`${item.metadata?.namespace ?? ""}/${item.metadata?.name ?? ""}`}>
                  <td>
                    <Link
                      to={to}
                      params={{ namespace: item.metadata?.namespace ?? "", name: item.metadata?.name ?? "" }}
                      search={{}}
                    >
                      {item.metadata?.name}
                    </Link>
                    {namespace === EVERY && <p className="dim">{item.metadata?.namespace}</p>}
                  </td>
                  {columns.map(([title, cell]) => (
                    <td key={title}>{cell(item)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableCard>
      )}
      {adding && (
        <NewObject
          title={`New ${one}`}
          kind={kind}
          text={EVENT_EXAMPLES[kind]}
          lint={() => Promise.resolve()}
          onClose={() => setAdding(false)}
          save={async (manifest) => {
            const made = await createEventObject(kind, target, manifest);
            await navigate({
              to,
              params: { namespace: target, name: made.metadata?.name ?? "" },
              search: {},
            });
          }}
        />
      )}
    </>
  );
}

export function Bindings({ namespace }: { namespace: string }) {
  return (
    <Answer query={useQuery(bindingsIn(namespace))} what="bindings">
      {(list) => (
        <ObjectList<Binding>
          namespace={namespace}
          kind="WorkflowEventBinding"
          items={list.items ?? []}
          empty="A WorkflowEventBinding starts a template when an event fits it."
          columns={[
            ["When", (item) => <code>{item.spec?.event?.selector}</code>],
            ["Starts", (item) => <Target binding={item} />],
          ]}
        />
      )}
    </Answer>
  );
}

function Target({ binding }: { binding: Binding }) {
  const reference = binding.spec?.submit?.workflowTemplateRef;
  return (
    <TemplateLink
      namespace={binding.metadata?.namespace ?? ""}
      name={reference?.name ?? ""}
      cluster={reference?.clusterScope ?? false}
    />
  );
}

export function Sources({ namespace }: { namespace: string }) {
  return (
    <Answer query={useQuery(sourcesIn(namespace))} what="event sources">
      {(list) => (
        <ObjectList<EventSource>
          namespace={namespace}
          kind="EventSource"
          items={list.items ?? []}
          empty="An EventSource of Argo Events says where events come from. It is kept and shown here; Argo Events runs it."
          note={ELSEWHERE}
          columns={[
            [
              "Events",
              (item) =>
                eventsOf(item)
                  .map(({ kind, name }) => `${name} (${kind})`)
                  .join(", "),
            ],
          ]}
        />
      )}
    </Answer>
  );
}

export function Sensors({ namespace }: { namespace: string }) {
  return (
    <Answer query={useQuery(sensorsIn(namespace))} what="sensors">
      {(list) => (
        <ObjectList<Sensor>
          namespace={namespace}
          kind="Sensor"
          items={list.items ?? []}
          empty="A Sensor of Argo Events says what happens when its events came. It is kept and shown here; Argo Events runs it."
          note={ELSEWHERE}
          columns={[
            [
              "Waits for",
              (item) => (item.spec?.dependencies ?? []).map((each) => each.eventName ?? each.name).join(", "),
            ],
            [
              "Triggers",
              (item) => (item.spec?.triggers ?? []).map((each) => each.template?.name ?? "").join(", "),
            ],
          ]}
        />
      )}
    </Answer>
  );
}
