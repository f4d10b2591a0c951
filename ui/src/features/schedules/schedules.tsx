import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createSchedule, listSchedules, resumeSchedule, suspendSchedule } from "../../api/schedules";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { ago } from "../../components/time";
import { complain } from "../../components/toast";
import { NewObject } from "../definitions/new-object";
import { CRON_EXAMPLE } from "../launch/example";
import { NextRuns } from "./next-runs";
import { schedulesOf } from "./spec";

const route = getRouteApi("/cron-workflows/$namespace");

/** Cron workflows: when each runs next, and whether it does. */
export function SchedulesPage() {
  const { namespace } = route.useParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const now = useNow();
  const [adding, setAdding] = useState(false);
  const query = useQuery({
    queryKey: ["schedules", namespace],
    queryFn: () => listSchedules(namespace),
    refetchInterval: 10_000,
  });
  const items = query.data?.items ?? [];
  const flip = async (name: string, suspended: boolean): Promise<void> => {
    try {
      await (suspended ? resumeSchedule(namespace, name) : suspendSchedule(namespace, name));
      await client.invalidateQueries({ queryKey: ["schedules", namespace] });
    } catch (error) {
      complain(error);
    }
  };
  return (
    <main className="page">
      <div className="page-head">
        <h1>Schedules</h1>
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          New schedule
        </button>
      </div>
      {query.isError ? (
        <Notice
          title="The schedules cannot be read"
          tone="danger"
          action={{ label: "Try again", run: () => void query.refetch() }}
        >
          {query.error.message}
        </Notice>
      ) : query.isPending ? (
        <div className="skeleton" role="status" aria-label="Reading schedules" />
      ) : items.length === 0 ? (
        <Notice title="No schedules yet">A schedule starts a workflow at set times.</Notice>
      ) : (
        <div className="card table-card">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">On</th>
                <th scope="col">Name</th>
                <th scope="col">When</th>
                <th scope="col">Next</th>
                <th scope="col">Last</th>
                <th scope="col">Running</th>
              </tr>
            </thead>
            <tbody>
              {items.map((cron) => {
                const name = cron.metadata?.name ?? "";
                const suspended = cron.spec?.suspend === true;
                return (
                  <tr key={name}>
                    <td>
                      <input
                        type="checkbox"
                        role="switch"
                        aria-label={`${name} runs`}
                        checked={!suspended}
                        onChange={() => void flip(name, suspended)}
                      />
                    </td>
                    <td>
                      <Link to="/cron-workflows/$namespace/$name" params={{ namespace, name }}>
                        {name}
                      </Link>
                    </td>
                    <td className="mono">
                      {schedulesOf(cron).join(", ")} <span className="dim">{cron.spec?.timezone}</span>
                    </td>
                    <td>{suspended ? "suspended" : <NextRuns cron={cron} count={1} />}</td>
                    <td>{ago(cron.status?.lastScheduledTime, now)}</td>
                    <td>{cron.status?.active?.length ?? 0}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {adding && (
        <NewObject
          title="New schedule"
          kind="CronWorkflow"
          text={CRON_EXAMPLE}
          onClose={() => setAdding(false)}
          save={async (manifest) => {
            const made = await createSchedule(namespace, manifest);
            await navigate({
              to: "/cron-workflows/$namespace/$name",
              params: { namespace, name: made.metadata?.name ?? "" },
            });
          }}
        />
      )}
    </main>
  );
}
