import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { isOver } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { runHistory } from "../../api/workflows";
import { type Happening, happeningsOf } from "./replay";

const POLL = 3000;

/** What happened in a run, oldest first; read again while it goes on. */
export function useHappenings(run: Workflow): Happening[] {
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const over = isOver(run.status?.phase);
  const events = useQuery({
    queryKey: ["history", namespace, name, over],
    queryFn: ({ signal }) => runHistory(namespace, name, signal).catch(() => []),
    refetchInterval: over ? false : POLL,
  });
  return useMemo(() => happeningsOf(run, events.data ?? []), [run, events.data]);
}
