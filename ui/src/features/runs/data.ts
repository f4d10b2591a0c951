import { serverNow } from "../../api/clock";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { listRuns } from "../../api/workflows";
import type { List, WatchEvent, Workflow } from "../../api/types";
import { useWatch } from "../../api/watch";
import { merge } from "./changes";
import { fits, locally } from "./matching";
import { askedFor, isLocal, type RunsSearch, labelSelector } from "./search";

const PAGE = 200;
/** About what a window shows. */
const FEW = 40;

const shownOf = (pages: readonly List<Workflow>[] | undefined, search: RunsSearch): Workflow[] =>
  (pages ?? []).flatMap((page) => page.items ?? []).filter((run) => locally(search, run, serverNow()));

/** The runs of a namespace that match, live: what is new is announced, not pushed in. */
export function useRuns(namespace: string, search: RunsSearch) {
  const selector = labelSelector(search);
  // What is only shown otherwise is not asked for again.
  const { group: _group, min: _min, max: _max, archived: _archived, ...asked } = search;
  const query = useInfiniteQuery({
    queryKey: ["runs", namespace, asked],
    queryFn: ({ pageParam, signal }) => listRuns(askedFor(namespace, search), PAGE, pageParam, signal),
    // A row number is a mark as well: that is how pages of Argo's list began.
    initialPageParam: search.offset ?? "",
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
  const { items, fresh } = merge(listed, [], mine, fits(search));
  const since = query.data?.pages[0]?.metadata.resourceVersion ?? "";
  const live = useWatch(
    query.data ? { namespace, labelSelector: selector, since } : null,
    (batch) => setChanges({ of: query.data, events: [...mine, ...batch].slice(-5000) }),
    () => void query.refetch(),
  );
  return { query, items, fresh, live };
}
