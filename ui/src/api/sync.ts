/** Limits of semaphores that the server's database keeps. */
import { queryOptions } from "@tanstack/react-query";
import { call, segment } from "./client";

export interface SyncLimit {
  key: string;
  /** 0 is left out. */
  limit?: number;
}

const TYPE = 1; // of the database, in Argo's enumeration
const at = (namespace: string, ...key: string[]): string =>
  ["api/v1/sync", segment(namespace), ...key.map(segment)].join("/");

export const limitsIn = (namespace: string) =>
  queryOptions({
    queryKey: ["sync-limits", namespace],
    queryFn: async () => (await call<{ items: SyncLimit[] }>(`api/x/v1/sync/${segment(namespace)}`)).items,
  });

/** Keep a limit; `known` says that the key has one. */
export const saveLimit = (namespace: string, key: string, limit: number, known: boolean): Promise<unknown> =>
  known
    ? call(at(namespace, key), { method: "PUT", body: { type: TYPE, limit } })
    : call(at(namespace), { method: "POST", body: { type: TYPE, key, limit } });

export const deleteLimit = (namespace: string, key: string): Promise<unknown> =>
  call(at(namespace, key), { method: "DELETE", query: { type: TYPE } });
