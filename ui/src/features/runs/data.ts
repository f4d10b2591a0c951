import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { archivedOnly, listRuns } from "../../api/workflows";
import type { List, WatchEvent, Workflow } from "../../api/types";
import { useWatch } from "../../api/watch";
import { phaseName } from "../../components/phase";
import { seconds } from "../../components/time";
import { merge } from "./changes";
import { askedFor, isLocal, type RunsSearch, labelSelector } from "./search";

const PAGE = 200;
/** About what a window shows. */
const FEW = 40;

/** True when a run is one that the filters mean; for changes that the server sends to all. */
function matcher(search: RunsSearch): (run: Workflow) => boolean {
  return (run) =>
    (!search.phase?.length || search.phase.includes(phaseName(run.status?.phase))) &&
    (!search.text || (run.metadata?.name ?? "").includes(search.text)) &&
    (!search.createdAfter || (run.metadata?.creationTimestamp ?? "") > search.createdAfter) &&
    (!search.finishedBefore || (run.status?.finishedAt ?? "~") < search.finishedBefore) &&
    locally(search, run);
}

/** What the server has no filter for. */
function locally(search: RunsSearch, run: Workflow): boolean {
  const took = seconds(run.status?.startedAt, run.status?.finishedAt, Date.now()) ?? 0;
  return (
    (!search.min || took >= Number(search.min)) &&
    (!search.archived || archivedOnly(run) === (search.archived === "yes"))
  );
}

const shownOf = (pages: readonly List<Workflow>[] | undefined, search: RunsSearch): Workflow[] =>
  (pages ?? []).flatMap((page) => page.items ?? []).filter((run) => locally(search, run));

/** The runs of a namespace that match, live: what is new is announced, not pushed in. */
export function useRuns(namespace: string, search: RunsSearch) {
  const selector = labelSelector(search);
  // What is only shown otherwise is not asked for again.
  const { group: _group, min: _min, archived: _archived, ...asked } = search;
  const query = useInfiniteQuery({
    queryKey: ["runs", namespace, asked],
    queryFn: ({ pageParam, signal }) => listRuns(askedFor(namespace, search), PAGE, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.metadata.continue ?? null,
  });
  // A page of which nothing matches is no end: what is further down may match.
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const few = isLocal(search) && shownOf(query.data?.pages, search).length < FEW;
  useEffect(() => {
    if (few && hasNextPage && !isFetching) void fetchNextPage();
  }, [few, hasNextPage, isFetching, fetchNextPage]);
  const [changes, setChanges] = useState<{ of: unknown; events: WatchEvent<Workflow>[] }>({
    of: null,
    events: [],
  });
  const listed = shownOf(query.data?.pages, search);
  const mine = changes.of === query.data ? changes.events : [];
  const { items, fresh } = merge(listed, [], mine, matcher(search));
  const since = query.data?.pages[0]?.metadata.resourceVersion ?? "";
  const live = useWatch(
    query.data ? { namespace, labelSelector: selector, since } : null,
    (batch) => setChanges({ of: query.data, events: [...mine, ...batch].slice(-5000) }),
    () => void query.refetch(),
  );
  return { query, items, fresh, live };
}
