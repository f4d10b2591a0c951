import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { draftTimesOf } from "../../api/schedules";
import { Time, Times } from "./times";
import { Words } from "./words";
import { zoneOf } from "./zone";
import "./schedules.css";

const SHOWN = 10;

interface Props {
  namespace: string;
  /** What is half written may be anything: a text where a list belongs, a number for a name. */
  cron: { spec?: { schedules?: unknown; schedule?: unknown; timezone?: unknown } | null };
  /** One line that opens: the times in words as well. */
  words?: boolean;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** When a schedule that is still written would fire next, or why it would not. */
export function DraftTimes({ namespace, cron, words = false }: Props) {
  const { schedules: several, schedule } = cron.spec ?? {};
  const schedules = [several ?? schedule ?? []].flat().map(textOf).filter(Boolean);
  const zone = textOf(cron.spec?.timezone);
  const clocks = zoneOf({ spec: { schedules, timezone: zone, workflowSpec: {} } });
  const query = useQuery({
    queryKey: ["draft-times", namespace, schedules, zone],
    queryFn: ({ signal }) => draftTimesOf(namespace, schedules, zone, SHOWN, signal),
    enabled: schedules.length > 0,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const [first] = query.data ?? [];
  const told =
    schedules.length > 0 && query.isError ? (
      <span className="bad-text">{query.error.message}</span>
    ) : first === undefined ? (
      query.data && <span className="dim">It never fires.</span>
    ) : null;
  const list = first !== undefined && <Times times={query.data ?? []} zone={clocks} />;
  if (query.isPending && schedules.length > 0) return null;
  if (!words)
    return (
      <section className="draft-times" aria-label="Next times">
        <div role="status">
          {told ??
            (first !== undefined && (
              <>
                <span className="dim">
                  The next {query.data?.length} times, {clocks}
                </span>
                {list}
              </>
            ))}
        </div>
      </section>
    );
  return (
    <details className="draft-times">
      <summary>
        {told ??
          (first === undefined ? (
            "No schedule yet"
          ) : (
            <>
              Fires next <Time moment={first} zone={clocks} /> <span className="dim">{clocks}</span>
            </>
          ))}
      </summary>
      {schedules.map((each) => (
        <p key={each} className="schedule-when">
          <code>{each}</code>
          <Words schedule={each} />
        </p>
      ))}
      {list}
    </details>
  );
}
