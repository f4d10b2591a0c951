/** The address of a run's page: the view, the chosen node, the log that is open.  Argo's names stay valid. */
import { COLOUR_BY, type ColourBy } from "../../graph/colours";
import { type RawSearch, one } from "../../app/search";

export const VIEWS = [
  ["graph", "Graph"],
  ["timeline", "Timeline"],
  ["table", "Table"],
  ["history", "History"],
  ["summary", "Summary"],
  ["manifest", "Manifest"],
] as const;
export type View = (typeof VIEWS)[number][0];

/** What can be laid over the graph and the timeline. */
export const SHOWN = [
  ["path", "Critical path", "The chain of nodes that the end waited for"],
  ["artifacts", "Artifacts", "Who read what another node wrote"],
  ["down", "From top to bottom", "The direction of the graph"],
  ["templates", "Template names", "Beside the names of nodes"],
  ["before", "Run before", "The bars of the run before this one, in the timeline"],
] as const;
export type Shown = (typeof SHOWN)[number][0];

/** What an address wants to be shown. */
export function shownOf(search: Pick<RunSearch, "show">): Set<Shown> {
  const names = new Set(search.show?.split(","));
  return new Set(SHOWN.map(([name]) => name).filter((name) => names.has(name)));
}

/** What an address says after one of them was shown, or hidden again. */
export function flipped(shown: ReadonlySet<Shown>, name: Shown): string | undefined {
  const next = new Set(shown);
  if (!next.delete(name)) next.add(name);
  return [...next].sort().join(",") || undefined;
}

export interface RunSearch {
  tab?: View | undefined;
  nodeId?: string | undefined;
  /** Nodes that are chosen together, to run them again: ids with commas between. */
  nodes?: string | undefined;
  /** The inspector's tab. */
  nodePanelView?: string | undefined;
  /** `logs:<node>:<container>`; an empty node is the whole run. */
  sidePanel?: string | undefined;
  /** What nodes are filtered by. */
  q?: string | undefined;
  /** What boxes are coloured by. */
  colour?: ColourBy | undefined;
  /** What is laid over: names of `SHOWN`, with commas between. */
  show?: string | undefined;
  /** What the graph sets off: `phase:Failed,template:work`. */
  only?: string | undefined;
  /** A line of the log, from 1. */
  line?: string | undefined;
  /** What is searched for in the log. */
  find?: string | undefined;
  /** Only lines of the log that match this, chosen by the server. */
  grep?: string | undefined;
  uid?: string | undefined;
  /** The dialog that is open: a verb of the actions, or `share`. */
  ask?: string | undefined;
}

export function readRunSearch(raw: RawSearch): RunSearch {
  const search: RunSearch = {};
  const tab = one(raw, "tab");
  // Argo's names of its own tabs.
  const view = { workflow: "graph", events: "history" }[tab ?? ""] ?? tab;
  const known = VIEWS.find(([name]) => name === view)?.[0];
  if (known) search.tab = known;
  const colour = COLOUR_BY.find(([by]) => by === one(raw, "colour"))?.[0];
  if (colour) search.colour = colour;
  for (const name of [
    "show",
    "only",
    "nodeId",
    "nodes",
    "nodePanelView",
    "sidePanel",
    "q",
    "line",
    "find",
    "grep",
    "uid",
    "ask",
  ] as const) {
    const value = one(raw, name);
    if (value) search[name] = value;
  }
  return moved(search);
}

/** Argo's side panels that are a place of their own here: `events:<node>`, `yaml:<node>`, `retry`, `share`. */
function moved(search: RunSearch): RunSearch {
  const { sidePanel, ...rest } = search;
  const [, panel = "", node] = /^(events|yaml|retry|resubmit|share)(?::(.*))?$/.exec(sidePanel ?? "") ?? [];
  if (panel === "") return search;
  if (panel !== "events" && panel !== "yaml") return { ...rest, ask: panel };
  if (!node) return { ...rest, tab: panel === "yaml" ? "manifest" : "history" };
  return { ...rest, nodeId: node, nodePanelView: panel === "yaml" ? "manifest" : "events" };
}

export interface LogPlace {
  node: string;
  container: string;
}

/** The log that an address shows; null for none. */
export function logPlace(search: RunSearch): LogPlace | null {
  const match = /^logs(?::([^:]*)(?::(.*))?)?$/.exec(search.sidePanel ?? "");
  return match ? { node: match[1] ?? "", container: match[2] ?? "main" } : null;
}
