import { useQuery } from "@tanstack/react-query";

/** A schedule in English; nothing while the library comes, or for what it cannot read (`@every 5m`). */
export function Words({ schedule }: { schedule: string }) {
  const text = useQuery({
    queryKey: ["words", schedule],
    queryFn: async () => {
      const { default: cronstrue } = await import("cronstrue");
      const [, zone, zoneless = schedule] = /^(?:CRON_TZ|TZ)=(\S+)\s+(.*)$/.exec(schedule) ?? [];
      const said = cronstrue.toString(zoneless, {
        use24HourTimeFormat: true,
        throwExceptionOnParseError: false,
      });
      return zone ? `${said} in ${zone}` : said;
    },
    staleTime: Infinity,
  });
  return text.data && !text.data.startsWith("An error") ? <span className="dim">{text.data}</span> : null;
}
