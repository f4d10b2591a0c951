/** Containers whose logs can be chosen; pure. */
import type { Template } from "../api/types";

/** Those that every pod has, and those that the template names. */
export function containersFor(template: Template | undefined): string[] {
  const named = [
    ...(template?.containerSet?.containers ?? []),
    ...(template?.initContainers ?? []),
    ...(template?.sidecars ?? []),
  ] as { name?: string }[];
  return [...new Set(["main", "init", "wait", ...named.flatMap(({ name }) => name ?? [])])];
}
