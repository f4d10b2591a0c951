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

/** The groups that must be open for a node to be seen. */
export function holders(model: RunModel, id: string): string[] {
  const found: string[] = [];
  for (let node = model.nodes.get(id); node?.parent; node = model.nodes.get(node.parent))
    found.push(node.parent);
  return found;
}

/** True when a node is what was searched for: its name, template or message has the text. */
export function fits(node: RunNode, text: string): boolean {
  const small = text.toLowerCase();
  return [node.name, node.status.templateName, node.status.message, node.phase].some((part) =>
    part?.toLowerCase().includes(small),
  );
}
