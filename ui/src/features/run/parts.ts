/** What a node's time went into: waiting, init containers, the main ones, what comes after them; pure. */
import type { NodeStatus } from "../../api/types";
import type { PodTimes } from "../../api/workflows";
import type { Happening } from "./replay";

export const PARTS = [
  ["wait", "waited"],
  ["init", "init"],
  ["main", "ran"],
  ["after", "cleared up"],
] as const;
export type PartKind = (typeof PARTS)[number][0];

export interface Part {
  kind: PartKind;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
}

/** What is known beside the nodes. */
export interface Known {
  /** By the node's id. */
  containers: ReadonlyMap<string, PodTimes["containers"]>;
  /** When a node was first told to run. */
  began: ReadonlyMap<string, number>;
}

/** A node's moments are whole seconds: less than one is no gap that anybody knows of. */
const GAP = 1000;

/** When each node was first told to run, by what the server told. */
export function beganBy(happenings: readonly Happening[]): Map<string, number> {
  const began = new Map<string, number>();
  for (const { reason, node, at } of happenings)
    if (reason === "WorkflowNodeRunning" && node && !began.has(node)) began.set(node, at);
  return began;
}

/** The parts of a node's time, one after the other without gaps; empty where nothing tells them apart. */
export function partsOf(status: NodeStatus, known: Known, now: number): Part[] {
  if (!status.startedAt) return [];
  const from = Date.parse(status.startedAt);
  const to = Math.max(from, status.finishedAt ? Date.parse(status.finishedAt) : now);
  if (status.phase === "Pending") return [{ kind: "wait", start: from, end: to }];
  const edges =
    byContainers(known.containers.get(status.id ?? "") ?? []) ??
    byEvents(known.began.get(status.id ?? ""), from, to);
  if (!edges) return [];
  const parts: Part[] = [];
  let at = from;
  for (const [kind, edge] of [...edges, ["after", to] as const]) {
    const end = Math.min(edge, to);
    const least = kind === "wait" || kind === "after" ? GAP : 1;
    if (end - at < least) continue;
    parts.push({ kind, start: at, end });
    at = end;
  }
  const last = parts.at(-1);
  // It ran, but for less time than nodes tell: as a daemon does, whose node ends when it is up.
  if (parts.length === 1 && last?.kind === "wait") return [];
  // What is too short to be a part belongs to the one before it.
  if (last) last.end = to;
  return parts;
}

type Edge = readonly [kind: PartKind, end: number];

/** Where each part ends, by the containers; of those that go on, when all is over. */
function byContainers(containers: PodTimes["containers"]): Edge[] | undefined {
  const moment = (text: string | null): number => (text ? Date.parse(text) : Infinity);
  const of = (role: string): [start: number, end: number] => {
    const mine = containers.filter((each) => each.role === role && each.startedAt);
    return [
      mine.reduce((least, each) => Math.min(least, moment(each.startedAt)), Infinity),
      mine.reduce((most, each) => Math.max(most, moment(each.finishedAt)), -Infinity),
    ];
  };
  const [init, initEnd] = of("init");
  const [main, mainEnd] = of("main");
  if (init === Infinity && main === Infinity) return undefined;
  return [
    ["wait", Math.min(init, main)],
    ["init", init === Infinity ? -Infinity : main === Infinity ? initEnd : main],
    ["main", mainEnd],
  ];
}

/** Told to run later than it was made: it waited so long.  What was told at its end says nothing. */
function byEvents(began: number | undefined, from: number, to: number): Edge[] | undefined {
  if (began === undefined || began >= to || began - from < GAP) return undefined;
  return [
    ["wait", began],
    ["main", to],
  ];
}
