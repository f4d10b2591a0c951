/** What a run that goes on waits for, in words; pure. */
import { isOver } from "../../api/phases";
import type { NodeStatus, Workflow } from "../../api/types";
import { templateOf } from "./templates";

export interface Wait {
  /** Waits of the same key are told once, with the names of all nodes. */
  key: string;
  kind: "run" | "person" | "time" | "lock" | "retry" | "start";
  nodes: { id: string; name: string }[];
  text: string;
  /** When it is over by itself, in milliseconds. */
  until?: number;
  /** Runs that hold the lock. */
  holders: { namespace: string; name: string }[];
}

/** What keeps a run from going on, those first that a person can end; nothing for a run that is over. */
export function waitsOf(run: Workflow): Wait[] {
  const { phase, message } = run.status ?? {};
  if (isOver(phase)) return [];
  const found = new Map<string, Wait>();
  const add = (wait: Wait): void => {
    const before = found.get(wait.key);
    if (before) before.nodes.push(...wait.nodes);
    else found.set(wait.key, wait);
  };
  if (run.spec?.suspend === true)
    add({
      key: "run",
      kind: "run",
      nodes: [],
      text: "The run is suspended: nothing more starts",
      holders: [],
    });
  if (phase === "Pending" && message)
    add({ key: "start", kind: "start", nodes: [], text: message, holders: holdersIn(run) });
  for (const status of Object.values(run.status?.nodes ?? {})) {
    const wait = waitOf(run, status);
    if (wait) add(wait);
  }
  const order: Wait["kind"][] = ["run", "person", "lock", "start", "retry", "time"];
  return [...found.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function waitOf(run: Workflow, status: NodeStatus): Wait | undefined {
  const { id = "", displayName = "", type, phase, message = "", synchronizationStatus } = status;
  const nodes = [{ id, name: displayName }];
  if (type === "Suspend" && phase === "Running") {
    const until = suspendedUntil(run, status);
    return until === undefined
      ? { key: id, kind: "person", nodes, text: "for somebody to answer", holders: [] }
      : { key: id, kind: "time", nodes, text: "", until, holders: [] };
  }
  const lock = synchronizationStatus?.waiting;
  if (phase === "Pending" && lock)
    return { key: `lock ${lock}`, kind: "lock", nodes, text: lock, holders: holdersIn(run, lock) };
  if (type === "Retry" && phase === "Running" && message.startsWith("Backoff for"))
    return { key: id, kind: "retry", nodes, text: message, holders: [] };
  if (phase === "Pending" && message)
    return { key: `start ${message}`, kind: "start", nodes, text: message, holders: [] };
  return undefined;
}

/** When a suspended node goes on by itself, in milliseconds; undefined when only a person ends it. */
export function suspendedUntil(run: Workflow, status: NodeStatus): number | undefined {
  const length = secondsOf(templateOf(run, status)?.suspend?.duration);
  return length === undefined || !status.startedAt ? undefined : Date.parse(status.startedAt) + length * 1000;
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

/** Seconds of `90`, `2h`, `1h30m`; undefined for what is no duration. */
export function secondsOf(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/([\d.]+)(ms|[dhms])/g)];
  if (parts.map(([part]) => part).join("") !== text) return undefined;
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}

interface Held {
  mutex?: string;
  semaphore?: string;
  holder?: string;
  holders?: string[];
}

/** The runs that hold what a run waits for: one lock, or all. */
function holdersIn(run: Workflow, lock?: string): Wait["holders"] {
  const { mutex, semaphore } = run.status?.synchronization ?? {};
  const waiting: Held[] = [...(mutex?.waiting ?? []), ...(semaphore?.waiting ?? [])];
  const keys = waiting
    .filter((each) => lock === undefined || (each.mutex ?? each.semaphore) === lock)
    .flatMap(({ holder, holders }) => [...(holder ? [holder] : []), ...(holders ?? [])]);
  // `namespace/run`, or `namespace/run/node`.
  const runs = new Set(keys.map((key) => key.split("/").slice(0, 2).join("/")));
  return [...runs].map((key) => {
    const [namespace = "", name = ""] = key.split("/");
    return { namespace, name };
  });
}
