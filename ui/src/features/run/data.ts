import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { isOver } from "../../api/phases";
import { getRun, watchRun } from "../../api/workflows";
import type { WatchEvent, Workflow } from "../../api/types";
import { useWatch } from "../../api/watch";
import { modelOf } from "./model";

/** The later of two states of a run: an answer that was long on its way must not undo what the watch said since. */
export function newer(before: Workflow | undefined, after: Workflow): Workflow {
  const version = (run: Workflow | undefined): number => Number(run?.metadata?.resourceVersion ?? "0");
  return before && before.metadata?.uid === after.metadata?.uid && version(before) > version(after)
    ? before
    : after;
}

/** A run, live until it is over. */
export function useRun(namespace: string, name: string, uid: string | undefined) {
  const client = useQueryClient();
  const key = ["run", namespace, name, uid ?? ""];
  const query = useQuery<Workflow>({
    queryKey: key,
    queryFn: ({ signal }) => getRun(namespace, name, uid, signal),
    structuralSharing: (before, after) => newer(before as Workflow | undefined, after as Workflow),
  });
  const run = query.data;
  const live = useWatch<WatchEvent<Workflow>>(
    run && !isOver(run.status?.phase) ? `${namespace}/${name}/${run.metadata?.uid ?? ""}` : null,
    (signal) => watchRun(namespace, name, run?.metadata?.resourceVersion ?? "0", signal),
    (batch) => {
      // Each event is the whole run: only the last one counts.
      const event = batch.findLast(({ type }) => type !== "BOOKMARK" && type !== "ERROR");
      if (event?.type === "DELETED") void query.refetch();
      else if (event) client.setQueryData(key, event.object);
    },
    () => void query.refetch(),
  );
  const model = useMemo(() => modelOf(run ?? {}), [run]);
  return { query, run, model, live };
}
