import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { insightsIn } from "../../../api/queries";
import { listRuns } from "../../../api/workflows";
import type { Workflow } from "../../../api/types";
import { useNow } from "../../../components/now";
import { withinLimits } from "../matching";
import { askedFor, type RunsSearch } from "../search";
import Chart, { type Marks } from "./chart";
import { pointsOf } from "./points";
import { momentsOf, rangeOf } from "./moments";

const TICK = 5000;
const GOING = "workflows.argoproj.io/phase in (Pending,Running)";
/** No more of those that go on than this. */
const MOST = 200;

interface Props {
  namespace: string;
  search: RunsSearch;
  /** Those that are loaded. */
  runs: readonly Workflow[];
  marks: Marks;
  /** Another stretch of time is asked for. */
  go: (search: RunsSearch) => void;
}

/** The runs that the filters mean by time, those outside of the chosen stretch of time too. */
export default function RunsChart({ namespace, search, runs, marks, go }: Props) {
  const navigate = useNavigate();
  const { startedAfter, startedBefore, ...others } = search;
  // What is over, also what the list has not loaded; another server than ours has no answer, then the list is all there is.
  const asked = askedFor(namespace, others);
  const known = useQuery({ ...insightsIn(asked), retry: false }).data?.runs;
  // The list has only those within the stretch of time.
  const going = useQuery({
    queryKey: ["runs-going-on", asked],
    queryFn: ({ signal }) =>
      listRuns(
        { ...asked, labelSelector: [asked.labelSelector, GOING].filter(Boolean).join() },
        MOST,
        "",
        signal,
      ),
    enabled: startedAfter !== undefined || startedBefore !== undefined,
    refetchInterval: 2 * TICK,
  }).data?.items;
  // What goes on grows in small steps.
  const now = Math.floor(useNow() / TICK) * TICK;
  const { min, max, archived } = search;
  const points = useMemo(
    () =>
      pointsOf(known ?? [], [...(going ?? []), ...runs], now).filter(({ took, archived: only }) =>
        withinLimits({ min, max, archived }, took, only),
      ),
    [known, going, runs, now, min, max, archived],
  );
  const range = rangeOf({ startedAfter, startedBefore }, points);
  if (points.length < 2 && !range) return null;
  return (
    <Chart
      points={points}
      marks={marks}
      range={range}
      pick={(next, shown) => go({ ...search, ...momentsOf(next, shown, search) })}
      open={({ namespace: home, name, id, archived: only }) =>
        void navigate({
          to: "/workflows/$namespace/$name",
          params: { namespace: home, name },
          search: only ? { uid: id } : {},
        })
      }
    />
  );
}
