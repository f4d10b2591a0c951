/** Keys that work on every page; `?` shows them. */
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useKeydown } from "../components/use-keydown";
import { letters } from "./letters";
import { lastNamespace } from "./namespace";

export const KEYS: readonly (readonly [string, string])[] = [
  ["Ctrl K", "Search and commands"],
  ["g h", "Home"],
  ["g r", "Runs"],
  ["g d", "Definitions"],
  ["g s", "Schedules"],
  ["g e", "Events"],
  ["g i", "Insights"],
  ["n", "New run"],
  ["/", "Filter"],
  ["j k", "Next and previous row"],
  ["x", "Choose the row, or the node with others"],
  ["Space", "Show the row's run beside the list"],
  ["o, Enter", "Open"],
  ["1 to 6", "Views of a run"],
  ["t", "Timeline of the run, or of the row's run"],
  ["l", "Log of the chosen node, of the run, or of the row's run"],
  ["r", "Run again, also the row's run"],
  ["[ ]", "Run before and after"],
  ["e", "First error (in the log)"],
  ["← → ↑ ↓", "Walk the tree, or the graph along its links"],
  ["Esc Tab", "Leave an editor, in which Tab indents"],
  ["?", "These keys"],
  ["Esc", "Close what is on top"],
];

const PLACES = {
  h: "/",
  r: "/workflows/$namespace",
  d: "/workflow-templates/$namespace",
  s: "/cron-workflows/$namespace",
  e: "/workflow-event-bindings/$namespace",
  i: "/reports/$namespace",
} as const;

export function useKeys(show: (what: "palette" | "keys") => void): void {
  const navigate = useNavigate();
  const before = useRef({ key: "", at: 0 });
  useKeydown((event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      show("palette");
      return;
    }
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      typing(event) ||
      letters() === "off" ||
      document.querySelector("dialog[open]")
    )
      return;
    const params = { namespace: lastNamespace() };
    const leader = before.current.key === "g" && event.timeStamp - before.current.at < 1500;
    before.current = { key: event.key, at: event.timeStamp };
    if (leader && event.key in PLACES)
      void navigate({ to: PLACES[event.key as keyof typeof PLACES], params, search: {} });
    else if (event.key === "n") void navigate({ to: "/launch/$namespace", params, search: {} });
    else if (event.key === "?") show("keys");
    else if (event.key === "/")
      document
        .querySelector<HTMLInputElement>("main input[type=search], main form[role=search] input")
        ?.focus();
    else return;
    // The second key of two may mean something else to the page: it must not hear it.
    event.preventDefault();
  });
}

/** True when the key is text: in a field, or in an editor's shadow root. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
