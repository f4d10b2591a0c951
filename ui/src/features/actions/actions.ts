/** What can be done with a run, when, and what it does. */
import { hasFailed, isOver } from "../../api/phases";
import type { Workflow } from "../../api/types";
import {
  deleteRun,
  resubmitRun,
  resumeRun,
  retryRun,
  stopRun,
  suspendRun,
  terminateRun,
} from "../../api/workflows";

export type Verb = "retry" | "resubmit" | "suspend" | "resume" | "stop" | "terminate" | "delete";

export interface Action {
  verb: Verb;
  label: string;
  /** What it does, in one sentence. */
  effect: string;
  destructive: boolean;
  applies: (run: Workflow) => boolean;
  /** `everywhere` is for what deletes: the copy in the archive goes too. */
  run: (run: Workflow, everywhere?: boolean) => Promise<unknown>;
}

const over = (run: Workflow): boolean => isOver(run.status?.phase);
const failed = (run: Workflow): boolean => hasFailed(run.status?.phase);
/** A run waits for a person when it is suspended itself or a step of it is; a list does not know its steps. */
const waits = (run: Workflow): boolean => {
  if (run.spec?.suspend === true) return true;
  const nodes = run.status?.nodes;
  return !nodes || Object.values(nodes).some((node) => node.type === "Suspend" && node.phase === "Running");
};
const named = (run: Workflow): [string, string] => [run.metadata?.namespace ?? "", run.metadata?.name ?? ""];

export const ACTIONS: readonly Action[] = [
  {
    verb: "retry",
    label: "Retry",
    effect: "Runs what failed again and keeps what succeeded.",
    destructive: false,
    applies: failed,
    run: (run) => retryRun(run),
  },
  {
    verb: "resubmit",
    label: "Resubmit",
    effect: "Starts a new run with the same manifest.",
    destructive: false,
    applies: () => true,
    run: (run) => resubmitRun(run),
  },
  {
    verb: "suspend",
    label: "Suspend",
    effect: "Starts no further steps; what runs goes on.",
    destructive: false,
    applies: (run) => !over(run) && run.spec?.suspend !== true,
    run: (run) => suspendRun(...named(run)),
  },
  {
    verb: "resume",
    label: "Resume",
    effect: "Goes on, and ends every step that waits for a person.",
    destructive: false,
    applies: (run) => !over(run) && waits(run),
    run: (run) => resumeRun(...named(run)),
  },
  {
    verb: "stop",
    label: "Stop",
    effect: "Stops all steps; exit handlers still run.",
    destructive: true,
    applies: (run) => !over(run),
    run: (run) => stopRun(...named(run)),
  },
  {
    verb: "terminate",
    label: "Terminate",
    effect: "Stops all steps at once; exit handlers do not run.",
    destructive: true,
    applies: (run) => !over(run),
    run: (run) => terminateRun(...named(run)),
  },
  {
    verb: "delete",
    label: "Delete",
    effect: "Removes the run with its pods and logs; what the archive has stays there.",
    destructive: true,
    applies: () => true,
    run: deleteRun,
  },
];
