/** Which version of an object was there when; pure. */
import type { Version } from "../../api/definitions";
import type { Workflow } from "../../api/types";

export interface ShownVersion extends Version {
  /** When it came; the object's creation for the first one that is kept. */
  since: string | undefined;
  /** Who made it, as the labels say; unknown when they did not sign in with a name. */
  by: string | undefined;
  /** How many of the given runs were made of it. */
  runs: number;
}

const PREFIX = "workflows.argoproj.io";

/** Versions, newest first, with the runs that were made while each was the present one. */
export function shownVersions(versions: readonly Version[], runs: readonly Workflow[]): ShownVersion[] {
  return versions.map((version, at) => {
    const before = versions[at + 1];
    const since = before ? before.until : (version.manifest.metadata?.creationTimestamp ?? undefined);
    const labels = version.manifest.metadata?.labels ?? {};
    return {
      ...version,
      since,
      by: nameIn(labels, version.generation > 1 ? "actor" : "creator"),
      runs: runs.filter(({ metadata }) => {
        const made = metadata?.creationTimestamp ?? "";
        return (!before || made >= (since ?? "")) && (!version.until || made < version.until);
      }).length,
    };
  });
}

const nameIn = (labels: Record<string, string>, word: "actor" | "creator"): string | undefined =>
  labels[`${PREFIX}/${word}-preferred-username`] ??
  labels[`${PREFIX}/${word}-email`]?.replace(".at.", "@") ??
  labels[`${PREFIX}/${word}`];
