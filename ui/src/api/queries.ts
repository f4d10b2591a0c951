/** Questions that several pages ask: one key and one way to read the answer each. */
import { queryOptions } from "@tanstack/react-query";
import { listClusterTemplates, listTemplates } from "./definitions";
import { listBindings, listSensors, listSources } from "./events";
import { call } from "./client";
import type { Info, List, UserInfo, Version } from "./types";
import { overviewOf } from "./overview";
import { listSchedules } from "./schedules";
import { listRuns, type RunsQuery } from "./workflows";

const SLOW = 10_000;

export const templatesIn = (namespace: string) =>
  queryOptions({ queryKey: ["templates", namespace], queryFn: () => listTemplates(namespace) });

export const clusterTemplates = queryOptions({
  queryKey: ["cluster-templates"],
  queryFn: listClusterTemplates,
});

export const schedulesIn = (namespace: string) =>
  queryOptions({
    queryKey: ["schedules", namespace],
    queryFn: () => listSchedules(namespace),
    refetchInterval: SLOW,
  });

/** The newest runs with these labels (empty: all), read again every few seconds. */
export const newestRuns = (namespace: string, most: number, labelSelector = "", createdAfter?: string) =>
  queryOptions({
    queryKey: ["newest-runs", namespace, labelSelector, most, createdAfter],
    queryFn: ({ signal }) => listRuns({ namespace, labelSelector, createdAfter }, most, "", signal),
    refetchInterval: most > 50 ? SLOW : SLOW / 2,
  });

/** The newest runs that failed and were made since a moment in milliseconds; of its whole minute, to ask the same for a while. */
export const failedSince = (namespace: string, moment: number) =>
  newestRuns(
    namespace,
    50,
    "workflows.argoproj.io/phase in (Failed,Error)",
    new Date(Math.floor(moment / 60_000) * 60_000).toISOString(),
  );

/** How many runs are in each phase, all that the filters list and not only those that are loaded. */
export const phasesIn = (query: RunsQuery, archived?: "yes" | "no") =>
  queryOptions({
    queryKey: ["phases", query, archived],
    queryFn: ({ signal }) => overviewOf.phases(query, archived, signal),
    refetchInterval: SLOW / 2,
  });

/** Figures over the runs that are over. */
export const insightsIn = (query: RunsQuery) =>
  queryOptions({
    queryKey: ["insights", query],
    queryFn: ({ signal }) => overviewOf.insights(query, signal),
    refetchInterval: 6 * SLOW,
  });

/** Figures over the steps of the runs that are over; the server reads all their nodes for it, so they are asked for seldom. */
export const stepsIn = (query: RunsQuery) =>
  queryOptions({
    queryKey: ["insights-steps", query],
    queryFn: ({ signal }) => overviewOf.steps(query, signal),
    staleTime: 6 * SLOW,
  });

/** The steps that wait until somebody resumes them. */
export const waitingIn = (namespace: string) =>
  queryOptions({
    queryKey: ["waiting", namespace],
    queryFn: ({ signal }) => overviewOf.waiting(namespace, signal),
    refetchInterval: SLOW / 2,
  });

export const bindingsIn = (namespace: string) =>
  queryOptions({ queryKey: ["bindings", namespace], queryFn: () => listBindings(namespace) });
export const sourcesIn = (namespace: string) =>
  queryOptions({ queryKey: ["event-sources", namespace], queryFn: () => listSources(namespace) });
export const sensorsIn = (namespace: string) =>
  queryOptions({ queryKey: ["sensors", namespace], queryFn: () => listSensors(namespace) });

export const versionOfServer = queryOptions({
  queryKey: ["version"],
  queryFn: () => call<Version>("api/v1/version"),
});

/** What the configuration tells the UI: links, columns, colours. */
export const infoOfServer = queryOptions({
  queryKey: ["info"],
  queryFn: () => call<Info>("api/v1/info"),
  staleTime: Infinity,
});

/** Who is asking, as the server sees it. */
export const userOfServer = queryOptions({
  queryKey: ["userinfo"],
  queryFn: () => call<UserInfo>("api/v1/userinfo"),
  staleTime: 60_000,
});

/** The namespaces that there are; none where somebody may not list them. */
export const namespacesOfServer = queryOptions({
  queryKey: ["namespaces"],
  queryFn: async ({ signal }) =>
    (
      (await call<List<{ metadata?: { name?: string } }>>("api/v1/namespaces", { signal })).items ?? []
    ).flatMap((each) => each.metadata?.name ?? []),
  staleTime: 60_000,
  retry: false,
});
