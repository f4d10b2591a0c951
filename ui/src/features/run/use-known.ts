import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { isOver } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { archivedOnly, podTimes } from "../../api/workflows";
import { useHappenings } from "./happenings";
import { beganBy, type Known } from "./parts";

const POLL = 3000;

/** What is known of the parts of nodes' times; read again while the run goes on. */
export function useKnown(run: Workflow): Known {
  const { namespace = "", name = "", uid } = run.metadata ?? {};
  const over = isOver(run.status?.phase);
  const times = useQuery({
    queryKey: ["containers", namespace, name, uid, over, run.status?.finishedAt],
    // A server of Argo's does not know it, and of pods that are gone nothing is known.
    queryFn: ({ signal }) => podTimes(namespace, name, signal).catch(() => []),
    enabled: !archivedOnly(run),
    refetchInterval: over ? false : POLL,
    placeholderData: (before) => before,
  });
  const happenings = useHappenings(run);
  return useMemo(
    () => ({
      containers: new Map((times.data ?? []).map(({ nodeId, containers }) => [nodeId, containers])),
      began: beganBy(happenings),
    }),
    [times.data, happenings],
  );
}
