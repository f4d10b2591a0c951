/** Where a failure was, in words: the groups that it is in, and which attempt it was; pure. */
import type { NodeStatus } from "../../api/types";
import type { RunModel } from "./model";
import { visibleHolder } from "./rows";

/** `load / eu`, `train (attempt 3 of 3)`; the run itself is not named with what is in it. */
export function placeOf(cause: NodeStatus, model: RunModel): string {
  const node = model.nodes.get(visibleHolder(model, cause.id, model.nodes) ?? "");
  if (!node) return cause.displayName ?? cause.name ?? "";
  const names = [node.name];
  for (let at = node.parent; at !== null && at !== model.root;) {
    const holder = model.nodes.get(at);
    if (holder?.kind === "node") names.unshift(holder.name);
    at = holder?.parent ?? null;
  }
  const attempt = node.attempts.findIndex((each) => each.id === cause.id) + 1;
  const tries =
    node.attempts.length > 1 && attempt > 0 ? ` (attempt ${attempt} of ${node.attempts.length})` : "";
  return names.join(" / ") + tries;
}
