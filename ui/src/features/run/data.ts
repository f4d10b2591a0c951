import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { isOver } from "../../api/phases";
import { getRun } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import { useWatch } from "../../api/watch";
import { withFirstNode } from "./before-start";
import { modelOf } from "./model";

const versionOf = (run: Workflow | undefined): number => Number(run?.metadata?.resourceVersion ?? "0");

/** The later of two states of a run: an answer that was long on its way must not undo a later one. */
export function newer(before: Workflow | undefined, after: Workflow): Workflow {
  return before && before.metadata?.uid === after.metadata?.uid && versionOf(before) > versionOf(after)
    ? before
    : after;
}

/** A run, live until it is over: it is read again when there is a later state of it, never twice at once. */
export function useRun(namespace: string, name: string, uid: string | undefined) {
  const query = useQuery<Workflow>({
    queryKey: ["run", namespace, name, uid ?? ""],
    queryFn: ({ signal }) => getRun(namespace, name, uid, signal),
    structuralSharing: (before, after) => newer(before as Workflow | undefined, after as Workflow),
  });
  const { data: run, isFetching, isError, refetch } = query;
  const id = run?.metadata?.uid ?? "";
  // What the changes speak of; a run of the same name that comes later is another one.
  const [latest, setLatest] = useState({ id: "", version: 0, gone: false });
  const mine = latest.id === id;
  const behind = mine && !latest.gone && latest.version > versionOf(run);
  useEffect(() => {
    if (behind && !isFetching && !isError) void refetch();
  }, [behind, isFetching, isError, refetch]);
  const live = useWatch(
    run && !isOver(run.status?.phase)
      ? { namespace, labelSelector: "", since: run.metadata?.resourceVersion ?? "" }
      : null,
    (batch) => {
      const event = batch.findLast(
        ({ object }) => object.metadata?.name === name && object.metadata.uid === id,
      );
      if (!event) return;
      setLatest({ id, version: versionOf(event.object), gone: event.type === "DELETED" });
      // It may be in the archive.
      if (event.type === "DELETED") void refetch();
    },
    () => void refetch({ cancelRefetch: false }),
  );
  const model = useMemo(() => modelOf(run ? withFirstNode(run) : {}), [run]);
  return { query, run, model, live, gone: mine && latest.gone && isError };
}
