import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Workflow } from "../../api/types";
import { complain, say } from "../../components/toast";
import { ACTIONS, type Action } from "../actions/actions";
import { Confirm } from "../actions/confirm";
import { runId } from "./row";

interface Props {
  runs: Workflow[];
  chosen: ReadonlySet<string>;
  clear: () => void;
}

/** What can be done with all runs that are chosen; each is asked for on its own, and failures are named. */
export function BulkBar({ runs, chosen, clear }: Props) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Action | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const picked = runs.filter((run) => chosen.has(runId(run)));
  if (picked.length === 0) return null;
  const perform = async (action: Action): Promise<void> => {
    setAsked(null);
    setDone(0);
    const failures: string[] = [];
    for (const [at, run] of picked.entries()) {
      try {
        await action.run(run);
      } catch (error) {
        failures.push(
          `${run.metadata?.name ?? ""}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      setDone(at + 1);
    }
    setDone(null);
    clear();
    if (failures.length) complain(failures.slice(0, 5).join("; "));
    else say(`${action.label}: ${picked.length} done`);
    await client.invalidateQueries({ queryKey: ["runs"] });
  };
  return (
    <div className="bulk" role="region" aria-label="Chosen runs">
      <strong>{picked.length} chosen</strong>
      {ACTIONS.map((action) => {
        const fits = picked.every((run) => action.applies(run));
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
      <button type="button" className="button quiet" onClick={clear}>
        Choose none
      </button>
      {done !== null && (
        <span role="status">
          {done} of {picked.length}
        </span>
      )}
      {asked && (
        <Confirm
          action={asked}
          count={picked.length}
          name={picked.length === 1 ? (picked[0]?.metadata?.name ?? "") : `${picked.length} runs`}
          onClose={() => setAsked(null)}
          onConfirm={() => void perform(asked)}
        />
      )}
    </div>
  );
}
