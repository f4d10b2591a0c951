/** Event sources, sensors and bindings: kept as Argo Events and Argo Workflows know them. */
import { call, segment } from "./client";
import { inNamespace } from "./namespaces";
import type { List, Workflow } from "./types";

interface Meta {
  name?: string;
  namespace?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
}

export interface Binding {
  metadata?: Meta;
  spec?: {
    event?: { selector?: string };
    submit?: {
      workflowTemplateRef?: { name?: string; clusterScope?: boolean };
      arguments?: { parameters?: { name?: string; valueFrom?: { event?: string } }[] };
    };
  };
}

/** Kinds of sources are members of the spec: `webhook: {name: {...}}`. */
export interface EventSource {
  metadata?: Meta;
  spec?: Record<string, unknown>;
}

export interface Sensor {
  metadata?: Meta;
  spec?: {
    dependencies?: { name?: string; eventSourceName?: string; eventName?: string }[];
    triggers?: { template?: { name?: string; conditions?: string } & Record<string, unknown> }[];
  };
}

/** The three kinds, and where each is kept. */
const EVENT_KINDS = {
  WorkflowEventBinding: "workfloweventbindings",
  EventSource: "event-sources",
  Sensor: "sensors",
} as const;
export type EventKind = keyof typeof EVENT_KINDS;

const BODY = { EventSource: "eventSource", Sensor: "sensor" } as const;

/** Bindings are written through Kubernetes' own paths: Argo's API only lists them. */
function at(kind: EventKind, namespace: string, name?: string): string {
  const last = name === undefined ? [] : [segment(name)];
  return kind === "WorkflowEventBinding"
    ? ["apis/argoproj.io/v1alpha1/namespaces", segment(namespace), EVENT_KINDS[kind], ...last].join("/")
    : ["api/v1", EVENT_KINDS[kind], inNamespace(namespace), ...last].join("/");
}

const body = (kind: EventKind, namespace: string, object: unknown): unknown =>
  kind === "WorkflowEventBinding" ? object : { namespace, [BODY[kind]]: object };

export type EventObject = { metadata?: Meta };

export const listBindings = (namespace: string): Promise<List<Binding>> =>
  call(`api/v1/workflow-event-bindings/${inNamespace(namespace)}`);
export const listSources = (namespace: string): Promise<List<EventSource>> =>
  call(at("EventSource", namespace));
export const listSensors = (namespace: string): Promise<List<Sensor>> => call(at("Sensor", namespace));

export const getEventObject = (kind: EventKind, namespace: string, name: string): Promise<EventObject> =>
  call(at(kind, namespace, name));
export const createEventObject = (
  kind: EventKind,
  namespace: string,
  object: unknown,
): Promise<EventObject> => call(at(kind, namespace), { method: "POST", body: body(kind, namespace, object) });
export const updateEventObject = (
  kind: EventKind,
  namespace: string,
  name: string,
  object: unknown,
): Promise<EventObject> =>
  call(at(kind, namespace, name), { method: "PUT", body: body(kind, namespace, object) });
export const deleteEventObject = (kind: EventKind, namespace: string, name: string): Promise<unknown> =>
  call(at(kind, namespace, name), { method: "DELETE" });

/** Send an event, as a webhook would. */
export const sendEvent = (namespace: string, discriminator: string, payload: unknown): Promise<unknown> =>
  call(`api/v1/events/${segment(namespace)}/${segment(discriminator)}`, { method: "POST", body: payload });

/** What one binding would make of an event. */
export interface Tried {
  name: string;
  workflow?: Workflow;
  problem?: string;
}

export const tryEvent = async (
  namespace: string,
  discriminator: string,
  payload: unknown,
): Promise<Tried[]> =>
  (
    await call<{ items: Tried[] }>(`api/x/v1/workflow-event-bindings/${segment(namespace)}/try`, {
      method: "POST",
      query: { discriminator },
      body: payload,
    })
  ).items;
