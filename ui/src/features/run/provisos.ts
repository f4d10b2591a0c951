/** Under what conditions steps and tasks run, as the manifest says it; pure. */
import type { Workflow } from "../../api/types";
import { loopName } from "./helper-nodes";
import type { RunModel } from "./model";
import type { Plan } from "./planned";
import { stepsOf, templateOf } from "./templates";

interface Step {
  name?: string;
  when?: string;
  depends?: string;
}

/** `when x == y`, `if a.Failed`, by the id of the node, the loop, or what is planned; nothing for what always runs. */
export function provisosOf(run: Workflow, model: RunModel, plan?: Plan): Map<string, string> {
  const found = new Map<string, string>();
  for (const group of model.nodes.values()) {
    const inside = group.inside.flatMap((id) => model.nodes.get(id) ?? []);
    if (group.kind === "loop" || (inside.length === 0 && group.phase !== "Running")) continue;
    const template = templateOf(run, group.status);
    const steps: Step[] = [...(template?.dag?.tasks ?? []), ...(template?.steps ?? []).flatMap(stepsOf)];
    const texts = new Map(
      steps.flatMap((step) => {
        const text = textOf(step);
        return text ? [[step.name ?? "", text] as const] : [];
      }),
    );
    if (texts.size === 0) continue;
    for (const { id, name, kind } of inside) {
      const step = kind === "loop" ? name.replace(/ ×\d+$/, "") : (loopName(name) ?? name);
      const text = texts.get(step);
      if (text) found.set(id, text);
    }
    for (const { id, name, parent } of plan?.nodes ?? []) {
      const text = parent === group.id ? texts.get(name) : undefined;
      if (text) found.set(id, text);
    }
  }
  return found;
}

/** As short as a graph has room for: `when flip.result == heads`. */
export const shortly = (proviso: string): string =>
  proviso.replace(/\{\{=?\s*(.*?)\s*\}\}/g, (_, inside: string) =>
    inside.replace(/\b(tasks|steps|inputs|outputs|parameters)\./g, ""),
  );

function textOf({ when, depends = "" }: Step): string {
  // Names that are joined by && say no more than the links do.
  const more = /[.!]|\|\|/.test(depends);
  return [when ? `when ${when}` : "", more ? `if ${depends}` : ""].filter(Boolean).join(", ");
}
