import { useQuery } from "@tanstack/react-query";
import { listRuns } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import type { WidgetSearch } from "./search";

/** The newest run with a name or label. */
export function useNewest(namespace: string, search: WidgetSearch) {
  return useQuery({
    queryKey: ["newest", namespace, search],
    queryFn: async ({ signal }): Promise<Workflow | null> => {
      const found = await listRuns(
        { namespace, labelSelector: search.label, text: search.name },
        50,
        "",
        signal,
      );
      const born = (run: Workflow): string => run.metadata?.creationTimestamp ?? "";
      const fitting = (found.items ?? []).filter((run) => !search.name || run.metadata?.name === search.name);
      return fitting.sort((a, b) => born(b).localeCompare(born(a)))[0] ?? null;
    },
    refetchInterval: 5000,
  });
}
