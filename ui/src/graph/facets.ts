/** What nodes can be set off by: their phase, type, template and host, or the loop that they are an item of; pure. */
import type { RunModel, RunNode } from "../features/run/model";

const FACETS = {
  phase: (node: RunNode): string => node.phase,
  type: (node: RunNode): string => node.status.type ?? "",
  template: (node: RunNode): string => node.status.templateName ?? node.status.templateRef?.template ?? "",
  host: (node: RunNode): string => node.status.hostNodeName ?? "",
  loop: (node: RunNode): string => (node.parent?.startsWith("loop:") ? node.parent : ""),
} as const;
export type Facet = keyof typeof FACETS;
/** Those that a menu offers; a loop is chosen where it is shown. */
export const FACET_NAMES: readonly Facet[] = ["phase", "type", "template", "host"];
const ALL = Object.keys(FACETS) as Facet[];

/** What an address says that chooses the items of a loop, of one phase or of all. */
export const itemsOf = (loop: string, phase?: string): string =>
  [asText("loop", loop), ...(phase ? [asText("phase", phase)] : [])].join(",");

/** One choice: a value of a facet; as an address has it, `phase:Failed`. */
const asText = (facet: Facet, value: string): string => `${facet}:${encodeURIComponent(value)}`;

/** The values that a run's nodes have, with how many have each, the most frequent first. */
export function valuesOf(facet: Facet, model: RunModel): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const node of model.nodes.values()) {
    const value = FACETS[facet](node);
    if (value && node.kind === "node") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

export const isChosen = (only: string | undefined, facet: Facet, value: string): boolean =>
  (only ?? "").split(",").includes(asText(facet, value));

/** What an address says after a value was chosen, or no longer is; undefined for all nodes. */
export function flippedFacet(only: string | undefined, facet: Facet, value: string): string | undefined {
  const chosen = new Set((only ?? "").split(",").filter(Boolean));
  const text = asText(facet, value);
  if (!chosen.delete(text)) chosen.add(text);
  return [...chosen].sort().join(",") || undefined;
}

/** The nodes that fit: one of the chosen values of each facet that has any. */
export function matching(only: string | undefined, model: RunModel): RunNode[] {
  const chosen = ALL.map((facet) => {
    const prefix = `${facet}:`;
    const texts = (only ?? "").split(",").filter((text) => text.startsWith(prefix));
    return { of: FACETS[facet], values: new Set(texts.map((text) => decoded(text.slice(prefix.length)))) };
  }).filter(({ values }) => values.size > 0);
  return [...model.nodes.values()].filter(
    (node) => node.kind === "node" && chosen.every(({ of, values }) => values.has(of(node))),
  );
}

/** The nodes that fit, with the groups that hold them.  Null for all. */
export function fitting(only: string | undefined, model: RunModel): ReadonlySet<string> | null {
  if (!only) return null;
  const found = new Set<string>();
  for (const node of matching(only, model))
    for (let at: string | null | undefined = node.id; at && !found.has(at); at = model.nodes.get(at)?.parent)
      found.add(at);
  return found;
}

/** Whoever writes an address by hand may write what is no escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
