/** A run as rows of a tree; pure. */
import type { RunModel, RunNode } from "./model";

export interface Row {
  node: RunNode;
  level: number;
}

/** The rows of all open groups, parents before what is in them. */
export function rowsOf(model: RunModel, open: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const walk = (id: string, level: number): void => {
    const node = model.nodes.get(id);
    if (!node) return;
    rows.push({ node, level });
    if (open.has(id)) for (const child of node.inside) walk(child, level + 1);
  };
  if (model.root !== null) walk(model.root, 1);
  // Exit handlers and hooks of the run have no boundary: they stand beside its root.
  for (const node of model.nodes.values())
    if (node.parent === null && node.id !== model.root) walk(node.id, 1);
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
