/** Cron workflows. */
import { call, segment } from "./client";
import { inNamespace } from "./namespaces";
import { type Version, versionsAt } from "./definitions";
import type { CronWorkflow, List } from "./types";

const at = (namespace: string, ...more: string[]): string =>
  ["api/v1/cron-workflows", inNamespace(namespace), ...more.map(segment)].join("/");

export const listSchedules = (namespace: string): Promise<List<CronWorkflow>> => call(at(namespace));
export const getSchedule = (namespace: string, name: string): Promise<CronWorkflow> =>
  call(at(namespace, name));
export const createSchedule = (namespace: string, cronWorkflow: unknown): Promise<CronWorkflow> =>
  call(at(namespace), { method: "POST", body: { namespace, cronWorkflow } });
export const updateSchedule = (
  namespace: string,
  name: string,
  cronWorkflow: unknown,
): Promise<CronWorkflow> =>
  call(at(namespace, name), { method: "PUT", body: { name, namespace, cronWorkflow } });
export const lintSchedule = (namespace: string, cronWorkflow: unknown): Promise<CronWorkflow> =>
  call(at(namespace, "lint"), { method: "POST", body: { namespace, cronWorkflow } });
export const suspendSchedule = (namespace: string, name: string): Promise<CronWorkflow> =>
  call(at(namespace, name, "suspend"), { method: "PUT", body: { name, namespace } });
export const resumeSchedule = (namespace: string, name: string): Promise<CronWorkflow> =>
  call(at(namespace, name, "resume"), { method: "PUT", body: { name, namespace } });
/** Delete a schedule; its runs go with it, unless they are to be kept without an owner. */
export const deleteSchedule = (namespace: string, name: string, keepRuns: boolean): Promise<unknown> =>
  call(at(namespace, name), {
    method: "DELETE",
    query: { "deleteOptions.propagationPolicy": keepRuns ? "Orphan" : undefined },
  });

export const scheduleVersions = (namespace: string, name: string, signal: AbortSignal): Promise<Version[]> =>
  versionsAt(at(namespace, name).replace("api/v1/", ""), signal);

const ours = (cron: CronWorkflow, verb: string): string =>
  [
    "api/x/v1/cron-workflows",
    segment(cron.metadata?.namespace ?? ""),
    segment(cron.metadata?.name ?? ""),
    verb,
  ].join("/");

/** The moments at which a schedule fires after `from` and until `to`, at most `limit`: the server alone knows. */
export async function timesOf(
  cron: CronWorkflow,
  from: Date,
  to: Date | null,
  limit: number,
): Promise<string[]> {
  const answer = await call<{ times: string[] }>(ours(cron, "times"), {
    query: { from: from.toISOString(), to: to?.toISOString(), limit },
  });
  return answer.times;
}

/** When schedules that are still written fire next; refused with what is wrong with them. */
export const draftTimesOf = async (
  namespace: string,
  schedules: readonly string[],
  timezone: string,
  limit: number,
  signal: AbortSignal,
): Promise<string[]> => {
  const query = new URLSearchParams(schedules.map((each) => ["schedule", each]));
  if (timezone) query.set("timezone", timezone);
  query.set("limit", String(limit));
  const path = `api/x/v1/agenda/${inNamespace(namespace)}/draft?${query.toString()}`;
  return (await call<{ times: string[] }>(path, { signal })).times;
};

export interface BackfillOptions {
  start: string;
  end: string;
  name?: string;
  /** The parameter that carries the moment of each run. */
  argument?: string;
  /** Let the runs overlap; else one follows the other. */
  parallel?: boolean;
  newestFirst?: boolean;
}

/** Make the runs of a time that is past; the answer is their names, without those that were made before. */
export async function backfill(cron: CronWorkflow, options: BackfillOptions): Promise<string[]> {
  const answer = await call<{ names: string[] }>(ours(cron, "backfill"), { method: "POST", body: options });
  return answer.names;
}

/** When one schedule fires in a time. */
export interface Planned {
  namespace: string;
  name: string;
  times: string[];
  /** There are more than those. */
  more: boolean;
  /** Why it cannot be said. */
  problem?: string;
}

/** When all schedules of a namespace fire between two moments, at most `limit` times each. */
export const agendaOf = (
  namespace: string,
  from: Date,
  to: Date,
  limit: number,
  signal: AbortSignal,
): Promise<{ items: Planned[]; cut: boolean }> =>
  call(`api/x/v1/agenda/${inNamespace(namespace)}`, {
    query: { from: from.toISOString(), to: to.toISOString(), limit },
    signal,
  });
