import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { reasonOf } from "../../api/reason";
import type { Workflow } from "../../api/types";
import { archived } from "../../api/workflows";
import { useOffer } from "../../app/offers";
import { say } from "../../components/toast";
import { ACTIONS, type Action, type Verb } from "../actions/actions";
import { Confirm } from "../actions/confirm";
import { byReason, type Failure, type Outcome, outcomeText } from "./outcome";
import { runId } from "./row";

/** What takes an action back; others cannot be. */
const UNDONE_BY: Partial<Record<Verb, Verb>> = { suspend: "resume" };

interface Props {
  runs: Workflow[];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
}

interface Result extends Outcome {
  /** Takes back what was done. */
  undo?: (() => void) | undefined;
}

/** What can be done with all runs that are chosen; each is asked for on its own, and failures are named. */
export function BulkBar({ runs, chosen, choose }: Props) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Action | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const [of, setOf] = useState(0);
  const [result, setResult] = useState<Result | null>(null);
  const stop = useRef<AbortController | null>(null);
  const picked = runs.filter((run) => chosen.has(runId(run)));
  const perform = async (action: Action, on: readonly Workflow[], everywhere = false): Promise<void> => {
    setAsked(null);
    setResult(null);
    setDone(0);
    setOf(on.length);
    const control = new AbortController();
    stop.current = control;
    const left = new Set(chosen);
    const well: Workflow[] = [];
    const failures: Failure[] = [];
    for (const run of on) {
      if (control.signal.aborted) break;
      try {
        await action.run(run, everywhere);
        left.delete(runId(run));
        well.push(run);
      } catch (error) {
        failures.push({ name: run.metadata?.name ?? "", why: reasonOf(error) });
      }
      setDone(well.length + failures.length);
    }
    setDone(null);
    const reached = well.length + failures.length;
    const outcome = { label: action.label, done: well.length, failures, left: on.length - reached };
    const back = ACTIONS.find(({ verb }) => verb === UNDONE_BY[action.verb]);
    setResult({
      ...outcome,
      undo: back && well.length > 0 ? () => void perform(back, well) : undefined,
    });
    // What failed or was not reached stays chosen, to be tried again.
    choose(left);
    say(outcomeText(outcome), failures.length > 0);
    await client.invalidateQueries({ queryKey: ["runs"] });
    await client.invalidateQueries({ queryKey: ["insights"] });
  };
  useOffer(
    ACTIONS.flatMap((action) => {
      const fits = picked.length > 0 && done === null && picked.every((run) => action.applies(run));
      const what = picked.length === 1 ? "the chosen run" : `the ${picked.length} chosen runs`;
      return fits
        ? [{ title: `${action.label} ${what}`, hint: action.effect, run: () => setAsked(action) }]
        : [];
    }),
  );
  const shown = result && (result.undo || result.failures.length > 0 || result.left > 0) ? result : null;
  if (picked.length === 0 && !shown && done === null) return null;
  return (
    <div className="bulk" role="region" aria-label="Chosen runs">
      <strong>{picked.length} chosen</strong>
      {/* What was chosen may all be done; then there is only a result to read. */}
      {(picked.length > 0 ? ACTIONS : []).map((action) => {
        const fits = picked.every((run) => action.applies(run));
        return (
          <button
            key={action.verb}
            type="button"
            className={action.destructive ? "button danger" : "button"}
            disabled={!fits || done !== null}
            title={fits ? action.effect : unfit(action, picked)}
            onClick={() => setAsked(action)}
          >
            {action.label}
          </button>
        );
      })}
      {picked.length === 2 && (
        <Link
          className="button"
          to="/compare/$namespace"
          params={{ namespace: picked[0]?.metadata?.namespace ?? "" }}
          search={{ a: picked[1]?.metadata?.name, b: picked[0]?.metadata?.name }}
        >
          Compare
        </Link>
      )}
      <button
        type="button"
        className="button quiet"
        onClick={() => {
          setResult(null);
          choose(new Set());
        }}
      >
        {picked.length > 0 ? "Choose none" : "Close"}
      </button>
      {done !== null && (
        <>
          <progress value={done} max={of} aria-label="Done so far" />
          <span role="status">
            {done} of {of}
          </span>
          <button type="button" className="button" onClick={() => stop.current?.abort()}>
            Cancel the rest
          </button>
        </>
      )}
      {shown && <Results result={shown} />}
      {asked && (
        <Confirm
          action={asked}
          count={picked.length}
          kept={asked.verb === "delete" && picked.some(archived)}
          name={picked.length === 1 ? (picked[0]?.metadata?.name ?? "") : `${picked.length} runs`}
          onClose={() => setAsked(null)}
          onConfirm={(everywhere) => void perform(asked, picked, everywhere)}
        />
      )}
    </div>
  );
}

/** Why a button is off. */
function unfit(action: Action, picked: readonly Workflow[]): string {
  const count = picked.filter((run) => !action.applies(run)).length;
  return `Not for ${count} of the ${picked.length} that are chosen. ${action.effect}`;
}

/** So many names are said of each reason. */
const NAMES = 6;

/** What was done and what was not, with the reasons; what did not go stays chosen. */
function Results({ result }: { result: Result }) {
  const { failures, undo } = result;
  return (
    <div className="bulk-results">
      <span role={failures.length > 0 ? "alert" : undefined}>{outcomeText(result)}</span>
      {undo && (
        <button type="button" className="button" onClick={undo}>
          Undo
        </button>
      )}
      <ul className="plain">
        {byReason(failures).map(({ why, names }) => (
          <li key={why}>
            <span className="bad-text">{why}</span>{" "}
            <span className="dim">
              {names.slice(0, NAMES).join(", ")}
              {names.length > NAMES && ` and ${names.length - NAMES} more`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
