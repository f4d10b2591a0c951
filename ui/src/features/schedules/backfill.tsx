import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import type { CronWorkflow } from "../../api/types";
import { submitFrom } from "../../api/workflows";
import { Dialog } from "../../components/dialog";
import { complain, say } from "../../components/toast";
import { timesOf } from "./times";

/** More runs than this are not started at once. */
const MOST = 200;

/** Start the runs of a time that is past, oldest first. */
export function Backfill({ cron, onClose }: { cron: CronWorkflow; onClose: () => void }) {
  const client = useQueryClient();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [done, setDone] = useState<number | null>(null);
  const valid = from !== "" && to !== "" && Date.parse(from) < Date.parse(to);
  const { namespace = "", name = "", uid } = cron.metadata ?? {};
  const times = useQuery({
    queryKey: ["backfill", uid, from, to],
    queryFn: () => timesOf(cron, new Date(from), new Date(to), MOST + 1),
    enabled: valid,
    retry: false,
  });
  const count = valid ? (times.data?.length ?? 0) : 0;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      for (const [at, time] of (times.data ?? []).entries()) {
        setDone(at);
        await submitFrom(namespace, "CronWorkflow", name, {
          annotations: `workflows.argoproj.io/scheduled-time=${time}`,
          labels: "workflows.argoproj.io/cron-workflow-backfill=true",
        });
      }
      say(`${count} runs were started`);
      onClose();
    } catch (error) {
      complain(error);
      setDone(null);
    }
    await client.invalidateQueries({ queryKey: ["recent"] });
  };
  return (
    <Dialog title={`Backfill ${name}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <p>Starts a run for every time at which the schedule would have fired.</p>
        <label className="field">
          From
          <input
            className="input"
            type="datetime-local"
            required
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        </label>
        <label className="field">
          To
          <input
            className="input"
            type="datetime-local"
            required
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </label>
        <p role="status">
          {times.isError
            ? times.error.message
            : done !== null
              ? `${done} of ${count} started`
              : count > MOST
                ? `More than ${MOST} runs: choose a shorter time.`
                : `${count} ${count === 1 ? "run" : "runs"}`}
        </p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={count === 0 || count > MOST || done !== null}
          >
            Start {count}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
