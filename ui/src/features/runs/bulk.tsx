import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { reasonOf } from "../../api/reason";
import type { Workflow } from "../../api/types";
import { archived } from "../../api/workflows";
import { say } from "../../components/toast";
import { ACTIONS, type Action } from "../actions/actions";
import { Confirm } from "../actions/confirm";
import { runId } from "./row";

interface Props {
  runs: Workflow[];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
}

interface Failure {
  name: string;
  why: string;
}

/** What can be done with all runs that are chosen; each is asked for on its own, and failures are named. */
export function BulkBar({ runs, chosen, choose }: Props) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Action | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const stop = useRef<AbortController | null>(null);
  const picked = runs.filter((run) => chosen.has(runId(run)));
  if (picked.length === 0 && failures.length === 0) return null;
  const perform = async (action: Action, everywhere: boolean): Promise<void> => {
    setAsked(null);
    setFailures([]);
    setDone(0);
    const control = new AbortController();
    stop.current = control;
    const left = new Set(chosen);
    const wrong: Failure[] = [];
    let count = 0;
    for (const run of picked) {
      if (control.signal.aborted) break;
      try {
        await action.run(run, everywhere);
        left.delete(runId(run));
      } catch (error) {
        wrong.push({
          name: run.metadata?.name ?? "",
          why: reasonOf(error),
        });
      }
      setDone(++count);
    }
    setDone(null);
    setFailures(wrong);
    // What failed or was not reached stays chosen, to be tried again.
    choose(left);
    say(`${action.label}: ${count - wrong.length} done`);
    await client.invalidateQueries({ queryKey: ["runs"] });
  };
  return (
    <div className="bulk" role="region" aria-label="Chosen runs">
      <strong>{picked.length} chosen</strong>
      {ACTIONS.map((action) => {
        const fits = picked.length > 0 && picked.every((run) => action.applies(run));
        return (
          <button
            key={action.verb}
            type="button"
            className={action.destructive ? "button danger" : "button"}
            disabled={!fits || done !== null}
            title={fits ? action.effect : `Not for all that are chosen: ${action.effect}`}
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
          setFailures([]);
          choose(new Set());
        }}
      >
        Choose none
      </button>
      {done !== null && (
        <>
          <progress value={done} max={picked.length} aria-label="Done so far" />
          <span role="status">
            {done} of {picked.length}
          </span>
          <button type="button" className="button" onClick={() => stop.current?.abort()}>
            Cancel the rest
          </button>
        </>
      )}
      {failures.length > 0 && <Failures failures={failures} />}
      {asked && (
        <Confirm
          action={asked}
          count={picked.length}
          kept={asked.verb === "delete" && picked.some(archived)}
          name={picked.length === 1 ? (picked[0]?.metadata?.name ?? "") : `${picked.length} runs`}
          onClose={() => setAsked(null)}
          onConfirm={(everywhere) => void perform(asked, everywhere)}
        />
      )}
    </div>
  );
}

function Failures({ failures }: { failures: readonly Failure[] }) {
  return (
    <details className="bulk-failures" open>
      <summary>
        <span role="alert">{failures.length === 1 ? "1 failed" : `${failures.length} failed`}</span>
      </summary>
      <ul className="plain">
        {failures.map(({ name, why }) => (
          <li key={name}>
            <strong>{name}</strong> <span className="bad-text">{why}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
