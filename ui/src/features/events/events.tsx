import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ApiError, call, segment } from "../../api/client";
import type { List } from "../../api/types";
import { Notice } from "../../components/notice";
import { Tester } from "./tester";
import "../launch/launch.css";

const route = getRouteApi("/workflow-event-bindings/$namespace");

interface Binding {
  metadata?: { name?: string };
  spec?: {
    event?: { selector?: string };
    submit?: { workflowTemplateRef?: { name?: string; clusterScope?: boolean } };
  };
}

/** What events start which templates, and a way to send one. */
export function EventsPage() {
  const { namespace } = route.useParams();
  const query = useQuery({
    queryKey: ["bindings", namespace],
    queryFn: () => call<List<Binding>>(`api/v1/workflow-event-bindings/${segment(namespace)}`),
  });
  const absent = query.error instanceof ApiError && query.error.status === 501;
  const items = query.data?.items ?? [];
  return (
    <main className="page">
      <h1>Events</h1>
      {absent ? (
        <Notice title="This server takes no events">Its version has no event bindings.</Notice>
      ) : query.isError ? (
        <Notice
          title="The bindings cannot be read"
          tone="danger"
          action={{ label: "Try again", run: () => void query.refetch() }}
        >
          {query.error.message}
        </Notice>
      ) : query.isPending ? (
        <div className="skeleton" role="status" aria-label="Reading bindings" />
      ) : (
        <>
          {items.length === 0 ? (
            <Notice title="No bindings yet">
              A WorkflowEventBinding starts a template when an event fits it.
            </Notice>
          ) : (
            <div className="card table-card">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">Binding</th>
                    <th scope="col">When</th>
                    <th scope="col">Starts</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((binding) => {
                    const name = binding.spec?.submit?.workflowTemplateRef?.name ?? "";
                    return (
                      <tr key={binding.metadata?.name}>
                        <td>{binding.metadata?.name}</td>
                        <td className="mono">{binding.spec?.event?.selector}</td>
                        <td>
                          <Link to="/workflow-templates/$namespace/$name" params={{ namespace, name }}>
                            {name}
                          </Link>
                        </td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </div>
          )}
          <Tester namespace={namespace} />
        </>
      )}
    </main>
  );
}
