/** Names of the generated types that the UI uses: see `generated/schema.ts`, made by `make ui-types`. */
import type { components } from "./generated/schema";

type Schemas = components["schemas"];
export type Workflow = Schemas["Workflow"];
export type WorkflowSpec = Schemas["WorkflowSpec"];
export type WorkflowTemplate = Schemas["WorkflowTemplate"];
export type ClusterWorkflowTemplate = Schemas["ClusterWorkflowTemplate"];
export type CronWorkflow = Schemas["CronWorkflow"];
export type NodeStatus = Schemas["NodeStatus"];
export type Parameter = Schemas["Parameter"];
export type Artifact = Schemas["Artifact"];
export type Template = Schemas["Template"];

/** A list as Argo answers it; `items` is null when it is empty. */
export interface List<T> {
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items: T[] | null;
}

/** One event of a watch. */
export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T;
}

export interface UserInfo {
  subject?: string;
  name?: string;
  email?: string;
  groups?: string[];
  serviceAccountName?: string;
  serviceAccountNamespace?: string;
}

export interface Info {
  managedNamespace?: string;
  links?: { name: string; scope: string; url: string; target?: string }[];
  columns?: { name: string; type: "label" | "annotation"; key: string }[];
  navColor?: string;
  /** Notes that may be shown; absent ones are turned off. */
  modals?: { feedback?: boolean; firstTimeUser?: boolean; newVersion?: boolean };
}

export interface Version {
  version: string;
}
