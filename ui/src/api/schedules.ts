/** Cron workflows. */
import { call, segment } from "./client";
import type { CronWorkflow, List } from "./types";

const at = (namespace: string, ...more: string[]): string =>
  ["api/v1/cron-workflows", segment(namespace), ...more.map(segment)].join("/");

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
export const deleteSchedule = (namespace: string, name: string): Promise<unknown> =>
  call(at(namespace, name), { method: "DELETE" });
