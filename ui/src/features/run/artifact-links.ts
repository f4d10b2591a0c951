/** Which node's artifact another one read: both name the same object of a store.  Pure. */
import type { Artifact } from "../../api/types";
import type { Link, RunModel } from "./model";
import { visibleHolder } from "./rows";

export interface ArtifactLink extends Link {
  /** Names of the artifacts, as those who read them call them. */
  names: string[];
}

const STORES = ["s3", "gcs", "azure", "oss", "hdfs", "http", "artifactory", "git", "plugin"] as const;

/** Where an artifact is kept, as text; null for one without a place, and for a text in the manifest. */
export function placeOf(artifact: Artifact): string | null {
  for (const store of STORES) {
    const place = artifact[store] as Record<string, unknown> | undefined;
    const at = place?.["key"] ?? place?.["blob"] ?? place?.["path"] ?? place?.["url"];
    if (typeof at === "string" && at !== "") return `${store}:${at}`;
  }
  return null;
}

/** Links from the nodes that wrote artifacts to those that read them. */
export function artifactLinks(model: RunModel): ArtifactLink[] {
  const writers = new Map<string, string>();
  for (const node of model.nodes.values())
    for (const status of [node.status, ...node.attempts])
      for (const artifact of status.outputs?.artifacts ?? []) {
        const place = placeOf(artifact);
        // A group passes on what a node inside it wrote: the innermost counts.
        if (place !== null && !(node.inside.length > 0 && writers.has(place))) writers.set(place, node.id);
      }
  const found = new Map<string, ArtifactLink>();
  for (const node of model.nodes.values()) {
    if (node.inside.length > 0) continue;
    for (const status of [node.status, ...node.attempts])
      for (const artifact of status.inputs?.artifacts ?? []) {
        const place = placeOf(artifact);
        const from = place === null ? undefined : writers.get(place);
        if (from === undefined || from === node.id) continue;
        const link = found.get(`${from}\n${node.id}`) ?? { from, to: node.id, names: [] };
        const name = artifact.name ?? "";
        if (!link.names.includes(name)) link.names.push(name);
        found.set(`${from}\n${node.id}`, link);
      }
  }
  return [...found.values()];
}

/** The same links between what is in sight: whatever is folded away is stood for by its group. */
export function linksInSight(
  links: readonly ArtifactLink[],
  model: RunModel,
  visible: { has: (id: string) => boolean },
): ArtifactLink[] {
  const found = new Map<string, ArtifactLink>();
  for (const link of links) {
    const [from, to] = [visibleHolder(model, link.from, visible), visibleHolder(model, link.to, visible)];
    if (from === undefined || to === undefined || from === to) continue;
    const old = found.get(`${from}\n${to}`);
    const names = [...new Set([...(old?.names ?? []), ...link.names])];
    found.set(`${from}\n${to}`, { from, to, names });
  }
  return [...found.values()];
}
