/** What the runs of a namespace are up to; ours, so another server may not know it. */
import { call, segment } from "./client";

export interface WaitingStep {
  namespace: string;
  name: string;
  nodeId: string;
  displayName: string;
  startedAt?: string;
  message?: string;
}

export const overviewOf = {
  phases: async (
    namespace: string,
    labelSelector: string,
    signal: AbortSignal,
  ): Promise<Record<string, number>> =>
    (
      await call<{ phases: Record<string, number> }>(`api/x/v1/facets/${segment(namespace)}`, {
        query: { labelSelector },
        signal,
      })
    ).phases,
  waiting: async (namespace: string, signal: AbortSignal): Promise<WaitingStep[]> =>
    (await call<{ items: WaitingStep[] }>(`api/x/v1/waiting/${segment(namespace)}`, { signal })).items,
};
