/** What the runs of a namespace are up to; ours, so another server may not know it. */
import { call } from "./client";
import { inNamespace } from "./namespaces";
import { filtersOf, type RunsQuery } from "./workflows";

export interface WaitingStep {
  namespace: string;
  name: string;
  nodeId: string;
  displayName: string;
  startedAt?: string;
  message?: string;
}

export const overviewOf = {
  /** How many of the runs that these filters list are in each phase, those in the archive too unless `archived` says otherwise. */
  phases: async (
    query: RunsQuery,
    archived: "yes" | "no" | undefined,
    signal: AbortSignal,
  ): Promise<Record<string, number>> =>
    (
      await call<{ phases: Record<string, number> }>(`api/x/v1/facets/${inNamespace(query.namespace)}`, {
        query: { ...filtersOf(query), archived },
        signal,
      })
    ).phases,
  waiting: async (namespace: string, signal: AbortSignal): Promise<WaitingStep[]> =>
    (await call<{ items: WaitingStep[] }>(`api/x/v1/waiting/${inNamespace(namespace)}`, { signal })).items,
};
