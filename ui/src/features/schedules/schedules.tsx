import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createSchedule, resumeSchedule, suspendSchedule } from "../../api/schedules";
import { schedulesIn, newestRuns } from "../../api/queries";
import { EVERY } from "../../api/namespaces";
import type { CronWorkflow } from "../../api/types";
import { targetNamespace } from "../../app/namespace";
import { Answer } from "../../components/answer";
import { FindField } from "../../components/find-field";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { ago } from "../../components/time";
import { complain } from "../../components/toast";
import { RunStrip } from "../definitions/run-strip";
import { groupedBy } from "../runs/group";
import { scheduleOf } from "../runs/origin";
import { isChosen, type State, STATES } from "./chosen";
import { NewSchedule } from "./new-schedule";
import { NextRuns } from "./next-runs";
import { BACKFILL_LABEL, CRON_LABEL, newestFirst } from "./runs-of";
import { schedulesOf } from "./spec";
import { Words } from "./words";

const route = getRouteApi("/cron-workflows/$namespace");

/** Cron workflows: when each runs next, and whether it does. */
export function SchedulesPage() {
  const { namespace } = route.useParams();
  const target = targetNamespace(namespace);
  const navigate = useNavigate();
  const client = useQueryClient();
  const now = useNow();
  const [adding, setAdding] = useState(false);
  const { text = "", state: wanted } = route.useSearch();
  const state: State = STATES.find(([each]) => each === wanted)?.[0] ?? "all";
  const narrow = (next: { text?: string; state?: State }): void => {
    const to = { text, state, ...next };
    void navigate({
      to: "/cron-workflows/$namespace",
      params: { namespace },
      search: {
        text: to.text || undefined,
        state: to.state === "all" ? undefined : to.state,
      },
      replace: true,
    });
  };
  const query = useQuery(schedulesIn(namespace));
  const runs = [
    useQuery(newestRuns(namespace, 500, CRON_LABEL)),
    useQuery(newestRuns(namespace, 200, BACKFILL_LABEL)),
  ].flatMap(({ data }) => data?.items ?? []);
  const mine = groupedBy(newestFirst(runs), (run) => `${run.metadata?.namespace}/${scheduleOf(run)}`);
  const all = query.data?.items ?? [];
  const items = all.filter((cron) => isChosen(cron, text, state));
  const flip = async (cron: CronWorkflow): Promise<void> => {
    const { namespace: home = "", name = "" } = cron.metadata ?? {};
    try {
      await (cron.spec?.suspend === true ? resumeSchedule(home, name) : suspendSchedule(home, name));
      await client.invalidateQueries({ queryKey: ["schedules", namespace] });
    } catch (error) {
      complain(error);
    }
  };
  return (
    <main className="page">
      <div className="page-head">
        <h1>Schedules</h1>
        <FindField label="Filter by name or label" text={text} change={(next) => narrow({ text: next })} />
        <select
          className="input"
          aria-label="State"
          value={state}
          onChange={(event) => narrow({ state: event.target.value as State })}
        >
          {STATES.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          New schedule
        </button>
      </div>
      <Answer query={query} what="schedules">
        {() =>
          all.length > 0 && items.length === 0 ? (
            <Notice title="Nothing matches">No schedule has this name or label, and this state.</Notice>
          ) : items.length === 0 ? (
            <Notice title="No schedules yet" action={{ label: "Make the first", run: () => setAdding(true) }}>
              A schedule starts a workflow at set times, and can make up what it missed.
            </Notice>
          ) : (
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
                          {suspended ? (
                            <span className="dim">suspended</span>
                          ) : (
                            <NextRuns cron={cron} count={1} />
                          )}
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
          )
        }
      </Answer>
      {adding && (
        <NewSchedule
          namespace={target}
          onClose={() => setAdding(false)}
          save={async (manifest) => {
            const made = await createSchedule(target, manifest);
            await navigate({
              to: "/cron-workflows/$namespace/$name",
              params: { namespace: target, name: made.metadata?.name ?? "" },
            });
          }}
        />
      )}
    </main>
  );
}
