import { serverNow } from "../../api/clock";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { reasonOf } from "../../api/reason";
import { backfill, timesOf } from "../../api/schedules";
import type { CronWorkflow } from "../../api/types";
import { Dialog } from "../../components/dialog";
import { say } from "../../components/toast";
import { momentAt, wallOf, zoneOf } from "./zone";

/** More runs than this are not started at once; the server has the same limit. */
const MOST = 1000;
const SHOWN = 3;

const ORDERS = [
  [false, "Oldest first"],
  [true, "Newest first"],
] as const;

/** Start the runs of a time that is past, told in the schedule's time zone; a run that was made before is not made again. */
export function Backfill({ cron, onClose }: { cron: CronWorkflow; onClose: () => void }) {
  const client = useQueryClient();
  const [now] = useState(() => serverNow());
  const zone = zoneOf(cron);
  const [from, setFrom] = useState(wallOf(now - 86_400_000, zone));
  const [to, setTo] = useState(wallOf(now, zone));
  const [argument, setArgument] = useState("cronScheduleTime");
  const [parallel, setParallel] = useState(false);
  const [newestFirst, setNewestFirst] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const start = momentAt(from, zone);
  const end = momentAt(to, zone);
  const valid = start !== null && end !== null && start < end;
  const { name = "", uid } = cron.metadata ?? {};
  const times = useQuery({
    queryKey: ["backfill", uid, start, end],
    queryFn: () => timesOf(cron, new Date(start ?? 0), new Date(end ?? 0), MOST),
    enabled: valid,
  });
  const found = valid ? (times.data ?? []) : [];
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!valid) return;
    setBusy(true);
    try {
      const made = await backfill(cron, {
        start: new Date(start).toISOString(),
        end: new Date(end).toISOString(),
        argument,
        parallel,
        newestFirst,
      });
      say(made.length === 1 ? "1 run was started" : `${made.length} runs were started`);
      onClose();
      await client.invalidateQueries({ queryKey: ["schedule-runs"] });
    } catch (error) {
      setProblem(reasonOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Backfill ${name}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <p className="dim">
          Starts a run for every moment at which the schedule would have fired. Runs that an earlier backfill
          of the same time made are not made again.
        </p>
        <div className="pair">
          {(
            [
              ["From", from, setFrom],
              ["To", to, setTo],
            ] as const
          ).map(([label, value, set]) => (
            <label key={label} className="field">
              {label}
              <input
                className="input"
                type="datetime-local"
                required
                value={value}
                onChange={(event) => set(event.target.value)}
              />
            </label>
          ))}
        </div>
        <p className="hint">Clocks of the schedule: {zone}</p>
        <fieldset className="orders">
          <legend>Order</legend>
          {ORDERS.map(([value, name]) => (
            <label key={name} className="check">
              <input
                type="radio"
                name="order"
                checked={newestFirst === value}
                onChange={() => setNewestFirst(value)}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <label className="field">
          Parameter for the moment
          <input className="input" value={argument} onChange={(event) => setArgument(event.target.value)} />
        </label>
        <label className="check">
          <input type="checkbox" checked={parallel} onChange={(event) => setParallel(event.target.checked)} />
          Let the runs overlap, instead of one after the other
        </label>
        <div role="status" className="backfill-count">
          {times.isError ? (
            <span className="bad-text">{times.error.message}</span>
          ) : (
            <Count found={newestFirst ? found.toReversed() : found} valid={valid} zone={zone} />
          )}
        </div>
        {problem && (
          <p role="alert" className="bad-text">
            {problem}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={found.length === 0 || busy}>
            Start {found.length} {found.length === 1 ? "run" : "runs"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface CountProps {
  /** In the order in which their runs are made. */
  found: readonly string[];
  valid: boolean;
  zone: string;
}

function Count({ found, valid, zone }: CountProps) {
  if (!valid) return <>The end must lie after the beginning.</>;
  if (found.length === 0) return <>The schedule does not fire in this time.</>;
  const shown = (moment: string): string => new Date(moment).toLocaleString(undefined, { timeZone: zone });
  return (
    <>
      <strong>
        {found.length} {found.length === 1 ? "moment" : "moments"}
        {found.length === MOST && " or more"}
      </strong>
      <ol>
        {found.slice(0, SHOWN).map((moment) => (
          <li key={moment}>{shown(moment)}</li>
        ))}
        {found.length > SHOWN + 1 && <li className="dim">…</li>}
        {found.length > SHOWN && <li>{shown(found.at(-1) ?? "")}</li>}
      </ol>
    </>
  );
}
