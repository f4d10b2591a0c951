import { useQuery } from "@tanstack/react-query";
import type { Workflow } from "../../api/types";
import { getRun, listRuns } from "../../api/workflows";
import { siblingsOf } from "../runs/origin";

/** So many runs of the same origin are looked at for the one before. */
const LOOKED_AT = 50;

/** The run of the same origin that began last before this one, with its nodes; null when there is none. */
export function useRunBefore(run: Workflow, wanted: boolean): Workflow | null | undefined {
  const labelSelector = siblingsOf(run);
  const { namespace = "", uid } = run.metadata ?? {};
  const found = useQuery({
    queryKey: ["run-before", namespace, uid],
    queryFn: async ({ signal }) => {
      if (labelSelector === "") return null;
      const { items } = await listRuns({ namespace, labelSelector }, LOOKED_AT, "", signal);
      const began = (each: Workflow): string => each.status?.startedAt ?? "";
      const last = (items ?? [])
        .filter((each) => each.metadata?.uid !== uid && began(each) !== "" && began(each) <= began(run))
        .sort((a, b) => began(b).localeCompare(began(a)))[0];
      return last ? getRun(namespace, last.metadata?.name ?? "", last.metadata?.uid, signal) : null;
    },
    enabled: wanted,
    staleTime: Infinity,
  });
  return found.data;
}
