import { useQuery } from "@tanstack/react-query";
import { getTemplate } from "../../api/definitions";
import type { Parameter, Workflow } from "../../api/types";
import { getRun } from "../../api/workflows";
import { ORIGIN_LABELS, templateNamed } from "../runs/origin";

/** So many runs back, each resubmitted from the one before. */
const BACK = 5;

interface Told {
  /** Nearest last. */
  parameters: Parameter[];
  /** With the types of parameters. */
  annotations: Record<string, string>;
}

/** What a run's template and the runs that it was resubmitted from say of its parameters. */
export function useTold(run: Workflow): Told | undefined {
  const { namespace = "", name = "", uid } = run.metadata ?? {};
  const told = useQuery({
    queryKey: ["told", namespace, name, uid],
    queryFn: ({ signal }) => tell(run, signal),
    staleTime: Infinity,
  });
  return told.data;
}

/** What cannot be read any more tells nothing. */
async function tell(run: Workflow, signal: AbortSignal): Promise<Told> {
  const { namespace = "" } = run.metadata ?? {};
  const told: Told = { parameters: [], annotations: {} };
  let at: Workflow | undefined = run;
  for (let left = BACK; at && left > 0; left--) {
    const from: string | undefined = at.metadata?.labels?.[ORIGIN_LABELS.run];
    at = from ? await getRun(namespace, from, undefined, signal).catch(() => undefined) : undefined;
    told.parameters.unshift(...(at?.spec?.arguments?.parameters ?? []));
    told.annotations = { ...at?.metadata?.annotations, ...told.annotations };
  }
  const named = templateNamed(run);
  const template = named
    ? await getTemplate({ namespace, cluster: named.cluster }, named.name).catch(() => undefined)
    : undefined;
  told.parameters.unshift(...(template?.spec?.arguments?.parameters ?? []));
  told.annotations = {
    ...template?.metadata?.annotations,
    ...told.annotations,
    ...run.metadata?.annotations,
  };
  return told;
}
