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

/** Figures over runs that are over: seconds; of a core, and of 100 MiB of memory. */
export interface Figures {
  finished: number;
  failed: number;
  median: number | null;
  p90: number | null;
  waited: number | null;
  cpu: number;
  memory: number;
}

export interface Insights {
  /** There are more runs than the server counts at once: the oldest are left out. */
  cut: boolean;
  total: Figures;
  /** Without a kind: started by hand. */
  origins: (Figures & { kind: string; name: string })[];
  times: (Figures & { from: string; to: string })[];
  /** The newest, one by one. */
  runs: {
    namespace: string;
    name: string;
    uid: string;
    phase: string;
    startedAt: string;
    took: number;
    archived: boolean;
  }[];
}

/** A run and the node in it at which to look. */
export interface StepPlace {
  namespace: string;
  name: string;
  uid: string;
  archived: boolean;
  nodeId: string;
}

/** A step of one origin over its runs; seconds. */
export interface StepFigures {
  kind: string;
  origin: string;
  name: string;
  template: string;
  runs: number;
  failed: number;
  /** Needed more than one attempt; `saved` of them succeeded by it. */
  retried: number;
  saved: number;
  median: number;
  p90: number;
  total: number;
  slowest: StepPlace;
  failure: StepPlace | null;
}

export interface StepInsights {
  /** Only the newest runs were looked at. */
  cut: boolean;
  runs: number;
  nodes: number;
  saved: number;
  slowest: StepFigures[];
  flaky: StepFigures[];
}

export const overviewOf = {
  /** Which steps of the runs that these filters list take longest, which fail or need another attempt. */
  steps: (query: RunsQuery, signal: AbortSignal): Promise<StepInsights> =>
    call(`api/x/v1/insights/${inNamespace(query.namespace)}/steps`, { query: filtersOf(query), signal }),
  /** How long the runs took that these filters list, how often they failed, what they used; those in the archive too. */
  insights: (query: RunsQuery, signal: AbortSignal): Promise<Insights> =>
    call(`api/x/v1/insights/${inNamespace(query.namespace)}`, { query: filtersOf(query), signal }),
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
