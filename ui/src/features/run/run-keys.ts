import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Workflow } from "../../api/types";
import { listRuns } from "../../api/workflows";
import { typing } from "../../app/keys";
import { letters } from "../../app/letters";
import { say } from "../../components/toast";
import { useKeydown } from "../../components/use-keydown";
import { siblingsOf } from "../runs/origin";
import { useRunView } from "./context";
import { logOf } from "./log-of";
import { VIEWS } from "./search";

/** So many runs are looked at for the one before or after. */
const LOOKED_AT = 200;

/** The run of a list, newest first, that stands beside another; null at its end. */
export function beside(runs: readonly Workflow[], uid: string | undefined, later: boolean): Workflow | null {
  const here = runs.findIndex((run) => run.metadata?.uid === uid);
  return here < 0 ? null : (runs[here + (later ? -1 : 1)] ?? null);
}

/** Keys of a run's page: 1 to 6 and t change the view, [ and ] the run, l opens the log, r runs again, Esc closes. */
export function useRunKeys(again: () => void): void {
  const { run, search, change } = useRunView();
  const navigate = useNavigate();
  const client = useQueryClient();
  const go = async (later: boolean): Promise<void> => {
    const { namespace = "", uid } = run.metadata ?? {};
    const labelSelector = siblingsOf(run);
    const { items } = await client.query({
      queryKey: ["beside", namespace, labelSelector],
      queryFn: ({ signal }) => listRuns({ namespace, labelSelector }, LOOKED_AT, "", signal),
      staleTime: 10_000,
    });
    const next = beside(items ?? [], uid, later);
    if (!next) say(later ? "This is the latest run" : "There is no run before");
    else
      await navigate({
        to: "/workflows/$namespace/$name",
        params: { namespace, name: next.metadata?.name ?? "" },
        search: search.tab ? { tab: search.tab } : {},
      });
  };
  useKeydown((event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event) || document.querySelector("dialog[open], .menu-list")) return;
    if (event.key !== "Escape" && letters() === "off") return;
    const view = VIEWS[Number(event.key) - 1]?.[0];
    if (view) change({ tab: view });
    else if (event.key === "t") change({ tab: "timeline" });
    else if (event.key === "l") {
      const chosen = run.status?.nodes?.[search.nodeId ?? ""];
      change({ sidePanel: (chosen && logOf(chosen)) ?? "logs" });
    } else if (event.key === "r") again();
    else if (event.key === "[" || event.key === "]") void go(event.key === "]");
    else if (event.key === "Escape" && search.sidePanel)
      change({ sidePanel: undefined, line: undefined, grep: undefined });
    else if (event.key === "Escape" && search.nodeId) change({ nodeId: undefined, nodePanelView: undefined });
    else if (event.key === "Escape" && search.nodes) change({ nodes: undefined });
    else return;
    event.preventDefault();
  });
}
