/** Which groups of a run are open: a few by default, then what people chose. */
import { startTransition, useMemo, useState } from "react";
import type { RunModel } from "./model";

/** Groups are open by themselves while no more things than this are in sight. */
const IN_SIGHT = 150;

/** The groups that are open when nobody has chosen: level by level, loops never. */
export function openByDefault(model: RunModel): Set<string> {
  const open = new Set<string>();
  if (model.root === null) return open;
  open.add(model.root);
  let level = [model.root];
  let inSight = 0;
  while (level.length) {
    const next = level.flatMap((id) => model.nodes.get(id)?.inside ?? []);
    inSight += next.length;
    if (inSight > IN_SIGHT) break;
    level = next.filter((id) => {
      const node = model.nodes.get(id);
      return node?.kind === "node" && node.inside.length > 0;
    });
    for (const id of level) open.add(id);
  }
  return open;
}

export interface Folds {
  open: ReadonlySet<string>;
  flip: (id: string) => void;
  all: (open: boolean) => void;
}

export function useFolds(model: RunModel): Folds {
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const usual = useMemo(() => openByDefault(model), [model]);
  const open = useMemo(() => {
    const found = new Set(usual);
    for (const [id, is] of chosen) {
      if (is) found.add(id);
      else found.delete(id);
    }
    return found;
  }, [usual, chosen]);
  return useMemo(
    () => ({
      open,
      // What is in a group of thousands may come a moment after the click: the page does not stand still for it.
      flip: (id) =>
        startTransition(() =>
          setChosen((before) => new Map(before).set(id, !(before.get(id) ?? usual.has(id)))),
        ),
      all: (is) =>
        setChosen(
          new Map(
            [...model.nodes.values()]
              .filter(
                (node) => node.inside.length > 0 && node.id !== model.root && !(is && node.kind === "loop"),
              )
              .map((node) => [node.id, is]),
          ),
        ),
    }),
    [open, usual, model],
  );
}
