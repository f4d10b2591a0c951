/** A run as rows of a tree; pure. */
import type { RunModel, RunNode } from "./model";

export interface Row {
  node: RunNode;
  level: number;
  /** Which one it is of those that are in the same node, from 1, and how many these are. */
  place: number;
  size: number;
}

/** The rows of all open groups, parents before what is in them. */
export function rowsOf(model: RunModel, open: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const walk = (ids: readonly string[], level: number): void =>
    ids.forEach((id, at) => {
      const node = model.nodes.get(id);
      if (!node) return;
      rows.push({ node, level, place: at + 1, size: ids.length });
      if (open.has(id)) walk(node.inside, level + 1);
    });
  // Exit handlers and hooks of the run have no boundary: they stand beside its root.
  const beside = [...model.nodes.values()].filter((node) => node.parent === null && node.id !== model.root);
  walk([...(model.root === null ? [] : [model.root]), ...beside.map((node) => node.id)], 1);
  return rows;
}

/** The node, or the innermost of its holders that is in sight; an attempt is stood for by its step. */
export function visibleHolder(
  model: RunModel,
  id: string | undefined,
  visible: { has: (id: string) => boolean },
): string | undefined {
  if (id === undefined) return undefined;
  let at: string | null | undefined = model.nodes.has(id) ? id : holderOfAttempt(model, id);
  for (; at; at = model.nodes.get(at)?.parent) if (visible.has(at)) return at;
  return undefined;
}

function holderOfAttempt(model: RunModel, id: string): string | undefined {
  for (const node of model.nodes.values())
    if (node.attempts.some((status) => status.id === id)) return node.id;
  return undefined;
}

/** True when a node is what was searched for: its name, template or message has the text. */
export function fits(node: RunNode, text: string): boolean {
  const small = text.toLowerCase();
  return [node.name, node.status.templateName, node.status.message, node.phase].some((part) =>
    part?.toLowerCase().includes(small),
  );
}
