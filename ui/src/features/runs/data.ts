import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listRuns, watchRuns } from "../../api/workflows";
import type { WatchEvent, Workflow } from "../../api/types";
import { useWatch } from "../../api/watch";
import { phaseName } from "../../components/phase";
import { merge } from "./changes";
import { type RunsSearch, labelSelector } from "./search";

const PAGE = 200;

/** True when a run is one that the filters mean; for changes that the server sends to all. */
function matcher(search: RunsSearch): (run: Workflow) => boolean {
  return (run) =>
    (!search.phase?.length || search.phase.includes(phaseName(run.status?.phase))) &&
    (!search.text || (run.metadata?.name ?? "").includes(search.text)) &&
    (!search.createdAfter || (run.metadata?.creationTimestamp ?? "") > search.createdAfter) &&
    (!search.finishedBefore || (run.status?.finishedAt ?? "~") < search.finishedBefore);
}

/** The runs of a namespace that match, live: what is new is announced, not pushed in. */
export function useRuns(namespace: string, search: RunsSearch) {
  const selector = labelSelector(search);
  const query = useInfiniteQuery({
    queryKey: ["runs", namespace, search],
    queryFn: ({ pageParam, signal }) =>
      listRuns(
        {
          namespace,
          labelSelector: selector,
          text: search.text,
          createdAfter: search.createdAfter,
          finishedBefore: search.finishedBefore,
        },
        PAGE,
        pageParam,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.metadata.continue ?? null,
  });
  const [changes, setChanges] = useState<{ of: unknown; events: WatchEvent<Workflow>[] }>({
    of: null,
    events: [],
  });
  const listed = query.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  const mine = changes.of === query.data ? changes.events : [];
  const { items, fresh } = merge(listed, [], mine, matcher(search));
  const since = query.data?.pages[0]?.metadata.resourceVersion ?? "";
  const live = useWatch<WatchEvent<Workflow>>(
    query.data ? `${namespace}\n${selector}` : null,
    (signal) => watchRuns(namespace, selector, since, signal),
    (batch) => setChanges({ of: query.data, events: [...mine, ...batch].slice(-5000) }),
    () => void query.refetch(),
  );
  return { query, items, fresh, live };
}
