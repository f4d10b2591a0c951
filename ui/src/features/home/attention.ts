/** Which runs want somebody's eyes; pure. */
import { hasFailed } from "../../api/phases";
import type { UserInfo, Workflow } from "../../api/types";
import { seconds } from "../../components/time";

export const DAY = 86_400_000;
/** A run that takes so much longer than its estimate is worth a look. */
const OVER = 1.5;
/** Seconds that a run may be pending before it is worth a look. */
const STUCK = 60;

export interface Attention {
  failed: Workflow[];
  suspended: Workflow[];
  /** Running longer than runs of the same origin usually do. */
  slow: Workflow[];
  /** Pending for a while: no place, a lock, a limit. */
  stuck: Workflow[];
}

/** True for a run that this user started, by the labels that the server puts on it. */
export function isOf(run: Workflow, user: UserInfo | undefined): boolean {
  const creator = run.metadata?.labels?.["workflows.argoproj.io/creator"];
  if (!creator || !user) return false;
  // A label has no colons and no more than 63 characters, of which the last ones are kept.
  const names = [user.subject, user.name].filter((name) => name !== undefined);
  return names.some((name) => name.replace(/[^-_.a-zA-Z0-9]+/g, "-").endsWith(creator));
}

export function attentionOf(runs: readonly Workflow[], now: number): Attention {
  const day = new Date(now - DAY).toISOString();
  const over = (run: Workflow): boolean => {
    const estimate = run.status?.estimatedDuration ?? 0;
    const took = seconds(run.status?.startedAt, undefined, now) ?? 0;
    return estimate > 0 && took > OVER * estimate;
  };
  const going = runs.filter((run) => !run.status?.finishedAt);
  return {
    failed: runs.filter((run) => hasFailed(run.status?.phase) && (run.status?.finishedAt ?? "") > day),
    suspended: going.filter((run) => run.spec?.suspend === true),
    slow: going.filter((run) => run.status?.phase === "Running" && over(run)),
    stuck: going.filter(
      (run) =>
        (run.status?.phase ?? "Pending") === "Pending" &&
        run.spec?.suspend !== true &&
        (seconds(run.metadata?.creationTimestamp, undefined, now) ?? 0) > STUCK,
    ),
  };
}

/** By when they were made: a list of the server begins with those that go on. */
export const newestFirst = (runs: readonly Workflow[]): Workflow[] => {
  const made = (run: Workflow): string => run.metadata?.creationTimestamp ?? "";
  return [...runs].sort((a, b) => made(b).localeCompare(made(a)));
};
