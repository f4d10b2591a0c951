import { useQuery } from "@tanstack/react-query";
import { listRuns } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import type { WidgetSearch } from "./search";

/** The newest run with a name or label. */
export function useNewest(namespace: string, search: WidgetSearch) {
  return useQuery({
    queryKey: ["newest", namespace, search],
    queryFn: async ({ signal }): Promise<Workflow | null> => {
      const name = search.name ? { match: "Exact" as const, text: search.name } : undefined;
      const found = await listRuns({ namespace, labelSelector: search.label, name }, 1, "", signal);
      return found.items?.[0] ?? null;
    },
    refetchInterval: 5000,
  });
}
