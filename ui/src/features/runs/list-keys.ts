import { useNavigate } from "@tanstack/react-router";
import type { RefObject } from "react";
import { hasFailed } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { archivedOnly } from "../../api/workflows";
import { typing } from "../../app/keys";
import { useKeydown } from "../../components/use-keydown";
import type { RunSearch } from "../run/search";

const STEPS: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 15, PageUp: -15 };

interface List {
  table: RefObject<HTMLElement | null>;
  /** The run of the row where the keys are. */
  run: Workflow | undefined;
  step: (by: number) => void;
  choose: (run: Workflow) => void;
  peek: (run: Workflow) => void;
  /** Closes the summary, else forgets what is chosen. */
  close: () => void;
}

/** Keys of the list: j and k move, x chooses, space shows, Enter and o open, l its log, t its timeline, r runs it again. */
export function useListKeys({ table, run, step, choose, peek, close }: List): void {
  const navigate = useNavigate();
  const open = (of: Workflow, search: RunSearch): void => {
    const { namespace = "", name = "", uid } = of.metadata ?? {};
    const place = archivedOnly(of) && uid ? { uid } : {};
    void navigate({
      to: "/workflows/$namespace/$name",
      params: { namespace, name },
      search: { ...search, ...place },
    });
  };
  const again = (of: Workflow): void => open(of, { ask: hasFailed(of.status?.phase) ? "retry" : "resubmit" });
  const verbs: Record<string, (of: Workflow) => void> = {
    x: choose,
    " ": peek,
    Enter: (of) => open(of, {}),
    o: (of) => open(of, {}),
    l: (of) => open(of, { sidePanel: "logs" }),
    t: (of) => open(of, { tab: "timeline" }),
    r: again,
  };
  useKeydown((event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event) || document.querySelector("dialog[open], .menu-list")) return;
    const target = event.target as HTMLElement;
    // The table, or a place round it that has the focus because nothing else had.
    const ours = target.contains(table.current);
    // Letters work wherever the focus is; other keys may mean something to what has it.
    if (event.key.length > 1 || event.key === " ") {
      if (event.key !== "Escape" && !ours) return;
    }
    const by = STEPS[event.key];
    if (by !== undefined) {
      table.current?.focus({ preventScroll: true });
      step(by);
    } else if (event.key === "Escape") close();
    else if (run && event.key in verbs) verbs[event.key]?.(run);
    else return;
    event.preventDefault();
  });
}
