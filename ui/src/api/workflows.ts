/** What can be asked of workflows, one function each (`spec/api.md` 9 and 10). */
import { type Options, call, segment } from "./client";
import { inNamespace } from "./namespaces";
import { connect } from "./stream";
import type { List, NodeStatus, WatchEvent, Workflow } from "./types";

const at = (namespace: string, name?: string, verb?: string): string =>
  [
    "api/v1/workflows",
    inNamespace(namespace),
    ...(name === undefined ? [] : [segment(name)]),
    ...(verb ? [verb] : []),
  ].join("/");

const LISTED =
  "metadata.uid,metadata.name,metadata.namespace,metadata.creationTimestamp,metadata.labels,metadata.annotations," +
  "metadata.resourceVersion,status.phase,status.message,status.startedAt,status.finishedAt,status.progress," +
  "status.estimatedDuration,status.resourcesDuration,spec.suspend,spec.arguments";
const prefixed = (prefix: string): string =>
  LISTED.split(",")
    .map((name) => prefix + name)
    .join(",");

/** Ways in which the server compares names; Argo's words. */
export const NAME_MATCHES = ["Contains", "Prefix", "Exact", "NotEquals"] as const;
export type NameMatch = (typeof NAME_MATCHES)[number];

export interface RunsQuery {
  /** Empty or `EVERY`: all namespaces. */
  namespace: string;
  labelSelector?: string | undefined;
  name?: { match: NameMatch; text: string } | undefined;
  createdAfter?: string | undefined;
  finishedBefore?: string | undefined;
  startedAfter?: string | undefined;
  startedBefore?: string | undefined;
}

/** The filters that Argo's lists know as a field selector. */
function fieldSelector({ name, startedAfter, startedBefore }: RunsQuery): string {
  const parts = [
    name && `metadata.name=${name.text}`,
    startedAfter && `spec.startedAt>${startedAfter}`,
    startedBefore && `spec.startedAt<${startedBefore}`,
  ];
  return parts.filter(Boolean).join(",");
}

/** The filters as the server's lists and counts of workflows read them. */
export const filtersOf = (query: RunsQuery): Record<string, string | undefined> => ({
  "listOptions.labelSelector": query.labelSelector,
  "listOptions.fieldSelector": fieldSelector(query),
  nameFilter: query.name?.match,
  createdAfter: query.createdAfter,
  finishedBefore: query.finishedBefore,
});

/** One page of the runs of a namespace (empty: of all); `from` is the mark that the page before gave. */
export function listRuns(
  query: RunsQuery,
  limit: number,
  from: string,
  signal?: AbortSignal,
): Promise<List<Workflow>> {
  const options: Options = {
    query: {
      fields: `metadata,${prefixed("items.")}`,
      "listOptions.limit": limit,
      "listOptions.continue": from,
      ...filtersOf(query),
    },
  };
  if (signal) options.signal = signal;
  return call(at(query.namespace), options);
}

/** The newest runs with a label, with all their nodes: for few runs only. */
export function listWithNodes(
  namespace: string,
  labelSelector: string,
  limit: number,
  signal: AbortSignal,
): Promise<List<Workflow>> {
  return call(at(namespace), {
    query: {
      fields: `metadata,${prefixed("items.")},items.status.nodes`,
      "listOptions.limit": limit,
      "listOptions.labelSelector": labelSelector,
    },
    signal,
  });
}

/** Runs whose changes are followed: of a namespace (empty: of all), with labels. */
export interface Feed {
  /** The base href of the server, whole. */
  base: string;
  token: string;
  namespace: string;
  labelSelector: string;
}

/** Changes of runs after a resource version (empty: from now on), reduced as in a list. */
export async function watchRuns(
  { base, token, namespace, labelSelector }: Feed,
  since: string,
  signal: AbortSignal,
): Promise<AsyncIterable<WatchEvent<Workflow>[]>> {
  const labels = { "listOptions.labelSelector": labelSelector };
  const first = { fields: "metadata", "listOptions.limit": 1, ...labels };
  const from =
    since ||
    (await call<List<Workflow>>(base + at(namespace), { query: first, token, signal })).metadata
      .resourceVersion;
  return connect(`${base}api/v1/workflow-events/${inNamespace(namespace)}`, {
    query: {
      fields: `result.type,${prefixed("result.object.")}`,
      "listOptions.resourceVersion": from,
      ...labels,
    },
    token,
    signal,
  });
}

/** A run with its nodes. */
export function getRun(
  namespace: string,
  name: string,
  uid?: string,
  signal?: AbortSignal,
): Promise<Workflow> {
  return call(at(namespace, name), signal ? { query: { uid }, signal } : { query: { uid } });
}

export function createRun(namespace: string, workflow: unknown): Promise<Workflow> {
  return call(at(namespace), { method: "POST", body: { namespace, workflow } });
}

/** Rejects with the finding when the manifest is refused. */
export function lintRun(namespace: string, workflow: unknown): Promise<Workflow> {
  return call(`${at(namespace)}/lint`, { method: "POST", body: { namespace, workflow } });
}

export interface SubmitOptions {
  entryPoint?: string;
  parameters?: string[];
  labels?: string;
  annotations?: string;
  generateName?: string;
  serviceAccount?: string;
  priority?: number;
  serverDryRun?: boolean;
  /** `name=key` of files that were uploaded. */
  artifacts?: string[];
}

export type SubmitKind = "WorkflowTemplate" | "ClusterWorkflowTemplate" | "CronWorkflow";

/** Make a run from a template or a schedule. */
export function submitFrom(
  namespace: string,
  resourceKind: SubmitKind,
  resourceName: string,
  submitOptions: SubmitOptions,
): Promise<Workflow> {
  return call(`${at(namespace)}/submit`, {
    method: "POST",
    body: { namespace, resourceKind, resourceName, submitOptions },
  });
}

/** Keep a file for an argument of a template; the key names it in `SubmitOptions.artifacts`. */
export function uploadArtifact(
  namespace: string,
  template: string,
  artifact: string,
  file: File,
): Promise<{ key: string }> {
  const form = new FormData();
  form.append("file", file);
  const path = ["upload-artifacts", namespace, template, artifact].map(segment).join("/");
  return call(path, { method: "POST", form });
}

export interface RetryOptions {
  restartSuccessful?: boolean;
  nodeFieldSelector?: string;
  /** Ids: exactly these and what followed them, whatever failed elsewhere.  Ours. */
  nodes?: string[];
  parameters?: string[];
}

const put = (namespace: string, name: string, verb: string, more: object = {}): Promise<Workflow> =>
  call(at(namespace, name, verb), { method: "PUT", body: { name, namespace, ...more } });

/** True for a run of which only the archive has a copy. */
export const archivedOnly = (run: Workflow): boolean => archivingOf(run) === "Persisted";
/** True for a run whose copy stays in the archive when it is deleted. */
export const archived = (run: Workflow): boolean => archivingOf(run) === "Archived";
const archivingOf = (run: Workflow): string | undefined =>
  run.metadata?.labels?.["workflows.argoproj.io/workflow-archiving-status"];

/** Run a workflow again, one that only the archive has too. */
function again(run: Workflow, verb: "retry" | "resubmit", options: object): Promise<Workflow> {
  const { namespace = "", name = "", uid = "" } = run.metadata ?? {};
  if (!archivedOnly(run)) return put(namespace, name, verb, options);
  const path = `api/v1/archived-workflows/${segment(uid)}/${verb}`;
  return call(path, { method: "PUT", body: { uid, name, namespace, ...options } });
}

export function retryRun(run: Workflow, options: RetryOptions = {}): Promise<Workflow> {
  if (!options.nodes || archivedOnly(run)) return again(run, "retry", options);
  // A server of Argo's would not know `nodes`, and run all that failed: it has no such address.
  const { namespace = "", name = "" } = run.metadata ?? {};
  const path = `api/x/v1/workflows/${segment(namespace)}/${segment(name)}/retry`;
  return call(path, { method: "PUT", body: { name, namespace, ...options } });
}

/** What a retry does with one node; `new` are steps and tasks that had no node so far. */
export interface PlannedNode {
  action: "keep" | "reset" | "rerun" | "remove" | "new";
  name: string;
  displayName: string;
  type: string;
  phase: string;
}

/** What a retry with these options would do; nothing is changed. */
export async function planRetry(run: Workflow, options: RetryOptions): Promise<PlannedNode[]> {
  const { namespace = "", name = "", uid = "" } = run.metadata ?? {};
  const of = archivedOnly(run)
    ? `archived-workflows/${segment(uid)}`
    : `workflows/${segment(namespace)}/${segment(name)}`;
  const path = `api/x/v1/${of}/retry-plan`;
  return (await call<{ nodes: PlannedNode[] }>(path, { method: "POST", body: options })).nodes;
}

/** An Event of Kubernetes about a run or one of its nodes. */
export interface RunEvent {
  metadata?: { name?: string; annotations?: Record<string, string> };
  type?: string;
  reason?: string;
  message?: string;
  firstTimestamp?: string;
}

/** When the containers of a pod ran; null while they have not begun or ended. */
export interface PodTimes {
  nodeId: string;
  containers: {
    name: string;
    role: string;
    startedAt: string | null;
    finishedAt: string | null;
    exitCode: number | null;
  }[];
}

/** The pods of a run of which something is left.  Ours. */
export async function podTimes(namespace: string, name: string, signal: AbortSignal): Promise<PodTimes[]> {
  const path = `api/x/v1/workflows/${segment(namespace)}/${segment(name)}/containers`;
  return (await call<{ items: PodTimes[] }>(path, { signal })).items;
}

/** All that the server told about a run, oldest first. */
export async function runHistory(namespace: string, name: string, signal: AbortSignal): Promise<RunEvent[]> {
  const path = `api/x/v1/workflows/${segment(namespace)}/${segment(name)}/history`;
  return (await call<{ items: RunEvent[] }>(path, { signal })).items;
}

export const resubmitRun = (
  run: Workflow,
  options: { memoized?: boolean; parameters?: string[] } = {},
): Promise<Workflow> => again(run, "resubmit", options);
export const suspendRun = (namespace: string, name: string): Promise<Workflow> =>
  put(namespace, name, "suspend");
export const resumeRun = (namespace: string, name: string, nodeFieldSelector?: string): Promise<Workflow> =>
  put(namespace, name, "resume", { nodeFieldSelector });
export const stopRun = (namespace: string, name: string, message?: string): Promise<Workflow> =>
  put(namespace, name, "stop", { message });
export const terminateRun = (namespace: string, name: string): Promise<Workflow> =>
  put(namespace, name, "terminate");

/** Give a suspended node its outputs, or end it with a phase. */
export const setNode = (
  namespace: string,
  name: string,
  nodeFieldSelector: string,
  change: { outputParameters?: string; message?: string; phase?: string },
): Promise<Workflow> => put(namespace, name, "set", { nodeFieldSelector, ...change });

/** Delete a run; `everywhere` its copy in the archive too. */
export async function deleteRun(run: Workflow, everywhere = false): Promise<void> {
  const { namespace = "", name = "", uid = "" } = run.metadata ?? {};
  if (!archivedOnly(run)) await call(at(namespace, name), { method: "DELETE" });
  if (archivedOnly(run) || (everywhere && archived(run)))
    await call(`api/v1/archived-workflows/${segment(uid)}`, { method: "DELETE" });
}

/** The name of a node's pod: the run, the template, and the number at the end of the node's id. */
export function podName(run: string, node: NodeStatus): string {
  const id = node.id ?? "";
  if (id === run || !id.startsWith(`${run}-`)) return id;
  const template = node.templateRef?.template ?? node.templateName ?? "";
  const prefix = template ? `${run}-${template}` : run;
  // 253 characters in all, of which a dash and the number of up to ten are kept free.
  return `${prefix.slice(0, 242)}-${id.slice(run.length + 1)}`;
}
