/** Templates and cluster templates. */
import { call, segment } from "./client";
import { inNamespace } from "./namespaces";
import type { List, WorkflowTemplate } from "./types";

/** `cluster` templates have no namespace. */
export interface Place {
  namespace: string;
  cluster: boolean;
}

const at = (place: Place, name?: string): string =>
  [
    ...(place.cluster
      ? ["api/v1/cluster-workflow-templates"]
      : ["api/v1/workflow-templates", inNamespace(place.namespace)]),
    ...(name === undefined ? [] : [segment(name)]),
  ].join("/");

export const listTemplates = (namespace: string): Promise<List<WorkflowTemplate>> =>
  call(at({ namespace, cluster: false }));
export const listClusterTemplates = (): Promise<List<WorkflowTemplate>> =>
  call(at({ namespace: "", cluster: true }));
export const getTemplate = (place: Place, name: string): Promise<WorkflowTemplate> => call(at(place, name));

const body = (place: Place, template: unknown): object =>
  place.cluster ? { template } : { namespace: place.namespace, template };

export const createTemplate = (place: Place, template: unknown): Promise<WorkflowTemplate> =>
  call(at(place), { method: "POST", body: body(place, template) });
export const updateTemplate = (place: Place, name: string, template: unknown): Promise<WorkflowTemplate> =>
  call(at(place, name), { method: "PUT", body: { name, ...body(place, template) } });
export const lintTemplate = (place: Place, template: unknown): Promise<WorkflowTemplate> =>
  call(`${at(place)}/lint`, { method: "POST", body: body(place, template) });
export const deleteTemplate = (place: Place, name: string): Promise<unknown> =>
  call(at(place, name), { method: "DELETE" });

/** A template or schedule as it was; `until` is when the next version came, absent for the present one. */
export interface Version {
  generation: number;
  until?: string;
  manifest: KeptObject;
}

export interface KeptObject extends Pick<WorkflowTemplate, "metadata"> {
  spec?: object;
  status?: object;
}

/** What an object is and was, newest first; `path` is that of the object below `api/v1`.  Ours. */
export async function versionsAt(path: string, signal: AbortSignal): Promise<Version[]> {
  return (await call<{ items: Version[] }>(`api/x/v1/${path}/versions`, { signal })).items;
}

export const templateVersions = (place: Place, name: string, signal: AbortSignal): Promise<Version[]> =>
  versionsAt(at(place, name).replace("api/v1/", ""), signal);
