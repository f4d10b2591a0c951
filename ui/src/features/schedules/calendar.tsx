import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { timesOf } from "../../api/schedules";
import type { CronWorkflow, Workflow } from "../../api/types";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { byDay, clockOf, clocksChange, dayOf, daysFrom, later } from "./days";
import { momentOf } from "./runs-of";
import { zoneOf } from "./zone";
import "./schedules.css";

const WEEKS = 2;
/** Times that are read; the server gives no more at once. */
const MOST = 1000;
/** More lines than this in one day are said as a number. */
const LINES = 4;

/** Two weeks of a schedule in its own time zone: what ran, and what comes. */
export function Calendar({ cron, runs }: { cron: CronWorkflow; runs: readonly Workflow[] }) {
  const now = useNow();
  const zone = zoneOf(cron);
  const today = dayOf(now, zone);
  const [day, setDay] = useState(later(today, -3));
  const days = daysFrom(day, WEEKS);
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const end = new Date(`${later(last, 1)}T23:59:59Z`);
  const coming = useQuery({
    queryKey: ["times", cron.metadata?.uid, cron.metadata?.resourceVersion, first, Math.floor(now / 60_000)],
    queryFn: () =>
      timesOf(cron, new Date(Math.max(now, Date.parse(`${first}T00:00:00Z`) - 86_400_000)), end, MOST),
    enabled: end.getTime() > now && cron.spec?.suspend !== true,
    placeholderData: (before) => before,
  });
  const past = byDay(runs, momentOf, zone);
  const next = byDay(coming.data ?? [], (moment) => moment, zone);
  const titled = (text: string): string =>
    new Date(`${text}T12:00:00Z`).toLocaleDateString("en-GB", {
      day: "numeric",
      month: "short",
      timeZone: "UTC",
    });
  return (
    <section className="card calendar" aria-label="Calendar">
      <header>
        <h2>
          {titled(first)} – {titled(last)}
        </h2>
        <span className="dim">{zone}</span>
        <button
          type="button"
          className="button quiet icon"
          aria-label="Earlier"
          onClick={() => setDay(later(first, -7))}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <button type="button" className="button quiet" onClick={() => setDay(later(today, -3))}>
          Today
        </button>
        <button
          type="button"
          className="button quiet icon"
          aria-label="Later"
          onClick={() => setDay(later(first, 7))}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </header>
      <ol className="calendar-days">
        {days.map((each) => (
          <li key={each} className={each === today ? "today" : each < today ? "past" : ""}>
            <h3>
              <span className="dim">
                {new Date(`${each}T12:00:00Z`).toLocaleDateString("en-GB", {
                  weekday: "short",
                  timeZone: "UTC",
                })}
              </span>{" "}
              {Number(each.slice(8))}
              {clocksChange(each, zone) && <span className="dim"> clocks change</span>}
            </h3>
            <Day past={past.get(each) ?? []} next={next.get(each) ?? []} zone={zone} />
          </li>
        ))}
      </ol>
      {coming.data?.length === MOST && (
        <p className="dim">The next {MOST} times are shown; later ones are not read.</p>
      )}
    </section>
  );
}

interface DayProps {
  past: readonly Workflow[];
  next: readonly string[];
  zone: string;
}

function Day({ past, next, zone }: DayProps) {
  const ordered = [...past].sort((a, b) => (momentOf(a) ?? "").localeCompare(momentOf(b) ?? ""));
  const coming = next.slice(0, Math.max(0, LINES - Math.min(LINES, ordered.length)));
  return (
    <ul>
      {ordered.slice(-LINES).map((run) => (
        <li key={run.metadata?.uid}>
          <Link
            to="/workflows/$namespace/$name"
            params={{ namespace: run.metadata?.namespace ?? "", name: run.metadata?.name ?? "" }}
            search={{}}
            title={run.metadata?.name}
          >
            <Phase phase={phaseName(run.status?.phase)} bare />
            {clockOf(momentOf(run) ?? "", zone)}
          </Link>
        </li>
      ))}
      {ordered.length > LINES && <li className="dim">{ordered.length} runs in all</li>}
      {coming.map((moment) => (
        <li key={moment} className="coming">
          <time dateTime={moment}>{clockOf(moment, zone)}</time>
        </li>
      ))}
      {next.length > coming.length && <li className="dim">{next.length - coming.length} more to come</li>}
    </ul>
  );
}
