/** The parameters of a run with what its template says of them; pure. */
import type { Parameter, Workflow } from "../../api/types";

/**
 * Those of its template, with the run's own values, then those that only the run has.
 *
 * A parameter that was replaced when the run began is only a name and a value: `told` are the same ones as they were
 * before, nearest last, and say again what may be chosen and what it means.
 */
export function parametersOf(run: Workflow, told: readonly Parameter[] = []): Parameter[] {
  const own = run.spec?.arguments?.parameters ?? [];
  const stored = run.status?.storedWorkflowTemplateSpec?.arguments?.parameters ?? [];
  const found = new Map<string, Parameter>();
  for (const each of [...stored, ...own])
    found.set(each.name ?? "", { ...found.get(each.name ?? ""), ...each });
  for (const { name = "", enum: choices, description } of told) {
    const known = found.get(name);
    if (known)
      found.set(name, {
        ...(choices ? { enum: choices } : {}),
        ...(description ? { description } : {}),
        ...known,
      });
  }
  return [...found.values()];
}
