import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { call, segment } from "../../api/client";
import type { List, Workflow } from "../../api/types";
import { keepNamespace } from "../../app/namespace";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { ago, duration, seconds } from "../../components/time";
import { labelSelector } from "./search";
import "./runs.css";

const route = getRouteApi("/workflows/$namespace");
const PAGE = 100;
const FIELDS =
  "metadata,items.metadata.uid,items.metadata.name,items.metadata.namespace,items.metadata.creationTimestamp," +
  "items.metadata.labels,items.metadata.annotations,items.status.phase,items.status.message,items.status.startedAt," +
  "items.status.finishedAt,items.status.progress,items.status.estimatedDuration,items.spec.suspend,items.spec.arguments";

/** The runs of a namespace, newest first. */
export function RunsPage() {
  const { namespace } = route.useParams();
  const search = route.useSearch();
  useEffect(() => keepNamespace(namespace), [namespace]);
  const runs = useInfiniteQuery({
    queryKey: ["runs", namespace, search],
    queryFn: ({ pageParam, signal }) =>
      call<List<Workflow>>(`api/v1/workflows/${segment(namespace)}`, {
        query: {
          fields: FIELDS,
          "listOptions.limit": PAGE,
          "listOptions.continue": pageParam,
          "listOptions.labelSelector": labelSelector(search),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.metadata.continue,
  });
  if (runs.isError) {
    return (
      <Notice
        title="The runs cannot be read"
        tone="danger"
        action={{ label: "Try again", run: () => void runs.refetch() }}
      >
        {runs.error.message}
      </Notice>
    );
  }
  const items = runs.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  return (
    <main className="page">
      <h1>Runs</h1>
      {runs.isPending ? <p role="status">Reading…</p> : <RunsTable items={items} />}
    </main>
  );
}

function RunsTable({ items }: { items: Workflow[] }) {
  const now = useNow();
  if (items.length === 0) return <Notice title="No runs yet">Nothing matches, or nothing has run.</Notice>;
  return (
    <table className="runs">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Name</th>
          <th scope="col">Started</th>
          <th scope="col">Duration</th>
          <th scope="col">Progress</th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.metadata?.uid ?? item.metadata?.name}>
            <td>
              <Phase phase={phaseName(item.status?.phase)} />
            </td>
            <td>{item.metadata?.name}</td>
            <td>{ago(item.status?.startedAt, now)}</td>
            <td>{duration(seconds(item.status?.startedAt, item.status?.finishedAt, now))}</td>
            <td>{item.status?.progress}</td>
            <td>{item.status?.message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
