import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { EVERY } from "../../api/namespaces";
import { newestRuns } from "../../api/queries";
import type { CronWorkflow } from "../../api/types";
import { useNow } from "../../components/now";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { ago } from "../../components/time";
import { RunStrip } from "../definitions/run-strip";
import { groupedBy } from "../runs/group";
import { scheduleOf } from "../runs/origin";
import { NextRuns } from "./next-runs";
import { BACKFILL_LABEL, CRON_LABEL, newestFirst } from "./runs-of";
import { schedulesOf } from "./spec";
import { Words } from "./words";

interface Props {
  namespace: string;
  items: readonly CronWorkflow[];
  /** Suspends a schedule or resumes it. */
  flip: (cron: CronWorkflow) => Promise<void>;
}

/** Schedules, each with its next time and how its last runs went, those of backfills too. */
export function ScheduleTable({ namespace, items, flip }: Props) {
  const now = useNow();
  const runs = [
    useQuery(newestRuns(namespace, 500, CRON_LABEL)),
    useQuery(newestRuns(namespace, 200, BACKFILL_LABEL)),
  ].flatMap(({ data }) => data?.items ?? []);
  const mine = groupedBy(newestFirst(runs), (run) => `${run.metadata?.namespace}/${scheduleOf(run)}`);
  return (
    <TableCard label="Schedules">
      <table className="table">
        <TableHead columns={["On", "Name", "When", "Next", "Last runs", "Last", "Running"]} />
        <tbody>
          {items.map((cron) => {
            const name = cron.metadata?.name ?? "";
            const suspended = cron.spec?.suspend === true;
            return (
              <tr key={cron.metadata?.uid ?? name}>
                <td>
                  <input
                    type="checkbox"
                    role="switch"
                    aria-label={`${name} runs`}
                    checked={!suspended}
                    onChange={() => void flip(cron)}
                  />
                </td>
                <td>
                  <Link
                    to="/cron-workflows/$namespace/$name"
                    params={{ namespace: cron.metadata?.namespace ?? "", name }}
                  >
                    {cron.metadata?.annotations?.["workflows.argoproj.io/title"] ?? name}
                  </Link>
                  {namespace === EVERY && <p className="dim">{cron.metadata?.namespace}</p>}
                </td>
                <td className="when mono">
                  {schedulesOf(cron).join(", ")} <span className="dim">{cron.spec?.timezone}</span>
                  {schedulesOf(cron)
                    .slice(0, 3)
                    .map((each) => (
                      <p key={each}>
                        <Words schedule={each} />
                      </p>
                    ))}
                </td>
                <td>
                  {suspended ? <span className="dim">suspended</span> : <NextRuns cron={cron} count={1} />}
                </td>
                <td>
                  <RunStrip
                    runs={(mine.get(`${cron.metadata?.namespace}/${name}`) ?? []).slice(0, 20)}
                    now={now}
                  />
                </td>
                <td>{ago(cron.status?.lastScheduledTime, now)}</td>
                <td>{cron.status?.active?.length ?? 0}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableCard>
  );
}
