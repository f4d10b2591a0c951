/** Whether a run is one that the filters mean: for changes that the server sends to all, and what it cannot filter.  Pure. */
import { serverNow } from "../../api/clock";
import { archivedOnly, type NameMatch } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import { phaseName } from "../../components/phase";
import { seconds } from "../../components/time";
import { nameOf, type RunsSearch } from "./search";

const NAMES: Record<NameMatch, (name: string, text: string) => boolean> = {
  Contains: (name, text) => name.includes(text),
  Prefix: (name, text) => name.startsWith(text),
  Exact: (name, text) => name === text,
  NotEquals: (name, text) => name !== text,
};

/** True when a run is one that the filters mean; `now` in milliseconds. */
export function matches(search: RunsSearch, run: Workflow, now: number): boolean {
  const name = nameOf(search);
  const { metadata, status } = run;
  return (
    (!search.phase?.length || search.phase.includes(phaseName(status?.phase))) &&
    (!name || NAMES[name.match](metadata?.name ?? "", name.text)) &&
    after(metadata?.creationTimestamp, search.createdAfter) &&
    after(status?.startedAt, search.startedAfter) &&
    before(status?.startedAt, search.startedBefore) &&
    before(status?.finishedAt, search.finishedBefore) &&
    locally(search, run, now)
  );
}

/** The same for the present moment. */
export const fits =
  (search: RunsSearch) =>
  (run: Workflow): boolean =>
    matches(search, run, serverNow());

/** What the server has no filter for. */
export const locally = (search: RunsSearch, run: Workflow, now: number): boolean =>
  withinLimits(search, seconds(run.status?.startedAt, run.status?.finishedAt, now) ?? 0, archivedOnly(run));

/** The same for a run of which is known how many seconds it took and whether only the archive has it. */
export const withinLimits = (
  { min, max, archived }: Pick<RunsSearch, "min" | "max" | "archived">,
  took: number,
  only: boolean,
): boolean =>
  (!min || took >= Number(min)) &&
  (!max || took <= Number(max)) &&
  (!archived || only === (archived === "yes"));

const after = (moment: string | null | undefined, limit: string | undefined): boolean =>
  !limit || (!!moment && Date.parse(moment) > Date.parse(limit));
const before = (moment: string | null | undefined, limit: string | undefined): boolean =>
  !limit || (!!moment && Date.parse(moment) < Date.parse(limit));
