import { useQuery } from "@tanstack/react-query";
import type { CronWorkflow } from "../../api/types";
import { timesOf } from "../../api/schedules";
import { zoneOf } from "./zone";

/** When a schedule fires next; nothing where the server does not say. */
export function NextRuns({ cron, count }: { cron: CronWorkflow; count: number }) {
  const times = useQuery({
    queryKey: ["times", cron.metadata?.uid, cron.metadata?.resourceVersion, count],
    queryFn: () => timesOf(cron, new Date(), null, count),
    refetchInterval: 60_000,
  });
  const zone = zoneOf(cron);
  const shown = (time: string): string =>
    new Date(time).toLocaleString(undefined, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZone: zone,
    });
  if (!times.data?.length) return <span className="dim">–</span>;
  if (count === 1) return <time dateTime={times.data[0]}>{shown(times.data[0] ?? "")}</time>;
  return (
    <ol className="next-runs">
      {times.data.map((time) => (
        <li key={time}>
          <time dateTime={time}>{shown(time)}</time>
        </li>
      ))}
    </ol>
  );
}
