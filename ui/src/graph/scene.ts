/** What the canvas shows of a run: boxes in boxes, with what is planned; pure. */
import { type PhaseName } from "../components/phase";
import type { Link, RunModel, RunNode } from "../features/run/model";
import type { Plan } from "../features/run/planned";
import type { Item } from "./nested";

// A type, not an interface: the canvas wants its data to be a record.
export type SceneNode = {
  id: string;
  name: string;
  phase: PhaseName;
  planned: boolean;
  /** The node of the run; none for what is planned. */
  node: RunNode | undefined;
  open: boolean;
  group: boolean;
  /** Under what condition it runs; undefined for what always does. */
  proviso: string | undefined;
};

export interface Scene {
  nodes: ReadonlyMap<string, SceneNode>;
  items: Item[];
  links: Link[];
  /** True when it runs from top to bottom. */
  down: boolean;
}

/** How a scene is shown. */
export interface SceneLook {
  down?: boolean;
  /** Names of templates beside those of nodes. */
  templates?: boolean;
  /** Under what conditions nodes run, by id. */
  provisos?: ReadonlyMap<string, string>;
}

const HEIGHT = 40;
/** Width by the length of a name, so that no text is cut that fits. */
const wide = (name: string): number => Math.round(Math.min(260, Math.max(130, 58 + name.length * 7.2)));

/** The scene of a run with these groups open; its root is not drawn when it has something inside. */
export function sceneOf(model: RunModel, plan: Plan, open: ReadonlySet<string>, look: SceneLook = {}): Scene {
  const nodes = new Map<string, SceneNode>();
  const items: Item[] = [];
  const root = model.root === null ? undefined : model.nodes.get(model.root);
  const planned = new Map<string, Plan["nodes"]>();
  for (const each of plan.nodes) planned.set(each.parent, [...(planned.get(each.parent) ?? []), each]);
  const hidden = root && (root.inside.length > 0 || planned.has(root.id)) ? root.id : null;
  const add = (id: string, parent: string | null): void => {
    const node = model.nodes.get(id);
    if (!node) return;
    const group = node.inside.length > 0;
    const shown = group && open.has(id);
    if (id !== hidden) {
      const name = look.templates ? withTemplate(node) : node.name;
      const proviso = look.provisos?.get(id);
      nodes.set(id, { id, name, phase: node.phase, planned: false, node, open: shown, group, proviso });
      const bar = node.kind === "loop" && !shown;
      items.push({
        id,
        parent,
        width: wide(name) + (group ? 34 : 0),
        height: bar ? HEIGHT + 32 : HEIGHT,
        open: shown,
      });
    }
    if (!shown && id !== hidden) return;
    const inside = id === hidden ? null : id;
    for (const child of node.inside) add(child, inside);
    for (const each of planned.get(id) ?? []) {
      nodes.set(each.id, {
        id: each.id,
        name: each.name,
        phase: "Pending",
        planned: true,
        node: undefined,
        open: false,
        group: false,
        proviso: look.provisos?.get(each.id),
      });
      items.push({ id: each.id, parent: inside, width: wide(each.name), height: HEIGHT, open: false });
    }
  };
  if (root) add(root.id, null);
  for (const node of model.nodes.values())
    if (node.parent === null && node.id !== root?.id) add(node.id, null);
  const links = [...model.links, ...plan.links].filter((link) => nodes.has(link.from) && nodes.has(link.to));
  return { nodes, items, links, down: look.down ?? false };
}

/** The name of a node with its template's, where that says something else. */
function withTemplate({ name, status }: RunNode): string {
  const template = status.templateName ?? status.templateRef?.template ?? "";
  return template === "" || template === name ? name : `${name} (${template})`;
}
