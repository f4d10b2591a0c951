import { useQuery } from "@tanstack/react-query";
import type { CronWorkflow } from "../../api/types";
import { timesOf } from "../../api/schedules";
import { Time, Times } from "./times";
import { zoneOf } from "./zone";

/** When a schedule fires next; nothing where the server does not say. */
export function NextRuns({ cron, count }: { cron: CronWorkflow; count: number }) {
  const times = useQuery({
    queryKey: ["times", cron.metadata?.uid, cron.metadata?.resourceVersion, count],
    queryFn: () => timesOf(cron, new Date(), null, count),
    refetchInterval: 60_000,
  });
  const zone = zoneOf(cron);
  const [first] = times.data ?? [];
  if (times.data === undefined || first === undefined) return <span className="dim">–</span>;
  return count === 1 ? <Time moment={first} zone={zone} /> : <Times times={times.data} zone={zone} />;
}
