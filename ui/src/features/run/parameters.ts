/** The parameters of a run with what its template says of them; pure. */
import type { Parameter, Workflow } from "../../api/types";

/** Those of its template, with the run's own values, then those that only the run has. */
export function parametersOf(run: Workflow): Parameter[] {
  const own = run.spec?.arguments?.parameters ?? [];
  const stored = run.status?.storedWorkflowTemplateSpec?.arguments?.parameters ?? [];
  const given = new Map(own.map((each) => [each.name, each]));
  const known = new Set(stored.map(({ name }) => name));
  return [
    ...stored.map((each) => ({ ...each, ...given.get(each.name) })),
    ...own.filter(({ name }) => !known.has(name)),
  ];
}
