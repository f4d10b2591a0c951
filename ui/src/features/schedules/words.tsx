import { useQuery } from "@tanstack/react-query";

/** A schedule in English; nothing while the library comes, or for what it cannot read (`@every 5m`). */
export function Words({ schedule }: { schedule: string }) {
  const text = useQuery({
    queryKey: ["words", schedule],
    queryFn: async () => {
      const { default: cronstrue } = await import("cronstrue");
      const [, zoneless = schedule] = /^(?:CRON_TZ|TZ)=\S+\s+(.*)$/.exec(schedule) ?? [];
      return cronstrue.toString(zoneless, { use24HourTimeFormat: true, throwExceptionOnParseError: false });
    },
    staleTime: Infinity,
  });
  return text.data && !text.data.startsWith("An error") ? <span className="dim">{text.data}</span> : null;
}
