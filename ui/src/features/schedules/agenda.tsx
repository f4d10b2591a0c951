import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { agendaOf } from "../../api/schedules";
import type { CronWorkflow } from "../../api/types";
import { Answer } from "../../components/answer";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { byDay, clockOf, dayOf } from "./days";
import { type Coming, comingOf, marksOf, type PlanRow, rowsOf, type Span, ticksOf } from "./plan";
import "./agenda.css";

/** Moments that are read of each schedule. */
const MOST = 200;
/** Starts that are listed one by one. */
const LISTED = 100;
const MINUTE = 60_000;

interface Props {
  namespace: string;
  crons: readonly CronWorkflow[];
  span: Span;
}

/** When all schedules fire in the next time: a row of marks for each, and the starts in order. */
export function Agenda({ namespace, crons, span }: Props) {
  const now = useNow();
  const from = Math.floor(now / MINUTE) * MINUTE;
  const query = useQuery({
    queryKey: ["agenda", namespace, span.id, from],
    queryFn: async ({ signal }) => ({
      from,
      ...(await agendaOf(namespace, new Date(from), new Date(from + span.length), MOST, signal)),
    }),
    placeholderData: (before) => before,
  });
  return (
    <Answer query={query} what="times">
      {(found) => {
        const rows = rowsOf(crons, found.items);
        return (
          <div className="agenda">
            {found.cut && (
              <Notice title="Not all schedules are shown" tone="warning">
                There are more than the server tells at once.
              </Notice>
            )}
            <Grid rows={rows} from={found.from} span={span} />
            <Starts rows={rows} today={dayOf(now, undefined)} />
          </div>
        );
      }}
    </Answer>
  );
}

function Grid({ rows, from, span }: { rows: readonly PlanRow[]; from: number; span: Span }) {
  const ticks = ticksOf(from, span);
  return (
    <section className="card plan" aria-label="Plan">
      <div className="plan-axis" aria-hidden>
        {ticks.map(({ at, text }) => (
          <span key={at} style={{ left: `${at * 100}%` }}>
            {text}
          </span>
        ))}
      </div>
      <ul className="plain">
        {rows.map((row) => (
          <li key={`${row.namespace}/${row.name}`}>
            <span className="plan-name">
              <Name row={row} />
              <Badges row={row} />
            </span>
            <Bar row={row} from={from} span={span} lines={ticks.map(({ at }) => at)} />
          </li>
        ))}
      </ul>
      <p className="dim">Clocks of this browser: {Intl.DateTimeFormat().resolvedOptions().timeZone}</p>
    </section>
  );
}

function Name({ row: { namespace, name, title } }: { row: PlanRow }) {
  return (
    <Link to="/cron-workflows/$namespace/$name" params={{ namespace, name }}>
      {title}
    </Link>
  );
}

function Badges({ row: { surety, when } }: { row: PlanRow }) {
  if (surety === "suspended") return <span className="plan-badge">suspended</span>;
  return when ? (
    <span className="plan-badge" title={when}>
      only when <code>{when}</code>
    </span>
  ) : null;
}

interface BarProps {
  row: PlanRow;
  from: number;
  span: Span;
  lines: readonly number[];
}

function Bar({ row, from, span, lines }: BarProps) {
  const { times, more, problem, surety } = row;
  if (problem) return <span className="plan-bar bad-text">{problem}</span>;
  const marks = marksOf(times, from, span);
  const last = marks.at(-1)?.at ?? 0;
  const count = `${times.length}${more ? " or more" : ""}`;
  const said = times.length === 1 ? "1 time" : `${count} times`;
  return (
    <span className={`plan-bar ${surety}`} role="img" aria-label={times.length ? said : "does not fire"}>
      {lines.map((at) => (
        <i key={at} className="plan-line" style={{ left: `${at * 100}%` }} />
      ))}
      {marks.map(({ at, count: here, first }) => (
        <i
          key={at}
          className={here > 1 ? "plan-mark many" : "plan-mark"}
          style={{ left: `${at * 100}%` }}
          title={`${clockOf(first, undefined)}${here > 1 ? `, ${here} times` : ""}`}
        />
      ))}
      {more && <i className="plan-more" style={{ left: `${last * 100}%` }} />}
      {times.length === 0 && <span className="dim">does not fire</span>}
    </span>
  );
}

function Starts({ rows, today }: { rows: readonly PlanRow[]; today: string }) {
  const { coming, often } = comingOf(rows);
  const days = byDay(coming.slice(0, LISTED), ({ time }) => time, undefined);
  const title =
    coming.length > LISTED
      ? `The first ${LISTED} starts`
      : coming.length === 1
        ? "1 start"
        : `${coming.length} starts`;
  if (coming.length + often.length === 0)
    return <Notice title="Nothing starts in this time">Suspended schedules start nothing.</Notice>;
  return (
    <section aria-label="Starts" className="starts">
      <h2>{title}</h2>
      {often.length > 0 && (
        <p className="dim">
          Not listed one by one, because they start often:{" "}
          {often.map((row, at) => (
            <Fragment key={`${row.namespace}/${row.name}`}>
              {at > 0 && ", "}
              <Name row={row} />
            </Fragment>
          ))}
        </p>
      )}
      {[...days].map(([day, items]) => (
        <div key={day} className="card starts-day">
          <h3>
            {new Date(`${day}T12:00:00Z`).toLocaleDateString("en-GB", {
              weekday: "long",
              day: "numeric",
              month: "long",
              timeZone: "UTC",
            })}
            {day === today && <span className="dim"> today</span>}
          </h3>
          <ol className="plain">
            {items.map((each) => (
              <Start key={`${each.time} ${each.row.namespace}/${each.row.name}`} {...each} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function Start({ time, row }: Coming) {
  const [here, there] = [clockOf(time, undefined), clockOf(time, row.zone)];
  return (
    <li>
      <time dateTime={time}>{here}</time>
      <span>
        <Name row={row} /> <Badges row={row} />
        {there !== here && (
          <span className="dim">
            {" "}
            {there} {row.zone}
          </span>
        )}
      </span>
    </li>
  );
}
