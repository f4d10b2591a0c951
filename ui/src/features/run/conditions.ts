/** What a run says of itself beside its phase, and what its manifest leaves open; pure. */
import type { Workflow } from "../../api/types";

interface Condition {
  type?: string;
  status?: string;
  message?: string;
}

/** Conditions in words: `PodRunning`, or `ArtifactGCError: no rights` where there is a message. */
export function conditionsOf(run: Workflow): string[] {
  return ((run.status?.conditions ?? []) as Condition[])
    .filter(({ type, status }) => type !== undefined && status !== "False" && type !== "Completed")
    .map(({ type = "", message }) => (message ? `${type}: ${message}` : type));
}

/** Why artifacts that should have been deleted are still there; undefined where nothing failed. */
export function artifactsNotDeleted(run: Workflow): string | undefined {
  const found = ((run.status?.conditions ?? []) as Condition[]).find(
    ({ type, status }) => type === "ArtifactGCError" && status === "True",
  );
  return found && (found.message ?? "");
}

/** What a manifest should say and does not, each with what then happens. */
export function nudgesOf(run: Workflow): string[] {
  const spec = { ...run.status?.storedWorkflowTemplateSpec, ...run.spec };
  const found: string[] = [];
  if (spec.activeDeadlineSeconds === undefined)
    found.push("activeDeadlineSeconds is not set: a step that hangs runs for ever.");
  if (spec.ttlStrategy === undefined)
    found.push("ttlStrategy is not set: the run is kept until somebody deletes it.");
  if (spec.podGC === undefined)
    found.push("podGC is not set: what pods leave behind is kept as long as the run.");
  if (spec.securityContext === undefined)
    found.push("securityContext is not set: containers run as the user of their image, often root.");
  return found;
}

/** Seconds of each resource that a run or a node took, as text. */
export function resourcesOf(durations: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const parts = Object.entries(durations ?? {}).map(([name, seconds]) => `${String(seconds)} s of ${name}`);
  return parts.length > 0 ? parts.join(", ") : undefined;
}
