import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listRuns } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import { lastNamespace } from "../../app/namespace";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { ago } from "../../components/time";
import { listSchedules } from "../../api/schedules";
import { Activity } from "../runs/activity";
import { NextRuns } from "../schedules/next-runs";
import "./home.css";

/** What needs somebody: failed lately, waiting, running, and the newest. */
export function HomePage() {
  const namespace = lastNamespace();
  const query = useQuery({
    queryKey: ["home", namespace],
    queryFn: ({ signal }) => listRuns({ namespace }, 200, "", signal),
    refetchInterval: 5000,
  });
  const now = useNow();
  const runs = query.data?.items ?? [];
  const phase = (run: Workflow): string => run.status?.phase ?? "";
  const day = new Date(now - 86_400_000).toISOString();
  const groups: [string, Workflow[]][] = [
    [
      "Failed in the last day",
      runs.filter((run) => /Failed|Error/.test(phase(run)) && (run.status?.finishedAt ?? "") > day),
    ],
    ["Suspended", runs.filter((run) => run.spec?.suspend === true && !run.status?.finishedAt)],
    ["Running", runs.filter((run) => phase(run) === "Running")],
    ["Newest", runs.slice(0, 8)],
  ];
  const count = (pattern: RegExp): number =>
    runs.filter((run) => pattern.test(phase(run) || "Pending")).length;
  const tiles: [string, number, string[]][] = [
    ["Going on", count(/Running|Pending/), ["Running", "Pending"]],
    ["Failed", count(/Failed|Error/), ["Failed", "Error"]],
    ["Succeeded", count(/Succeeded/), ["Succeeded"]],
  ];
  return (
    <main className="page">
      <div className="page-head">
        <h1>Home</h1>
        <Link to="/launch/$namespace" params={{ namespace }} search={{}} className="button primary">
          New run
        </Link>
      </div>
      {runs.length > 0 && (
        <>
          <dl className="tiles">
            {tiles.map(([title, count, phases]) => (
              <div key={title} className="card tile">
                <dt>{title}</dt>
                <dd>
                  <Link to="/workflows/$namespace" params={{ namespace }} search={{ phase: phases }}>
                    {count}
                  </Link>
                </dd>
              </div>
            ))}
          </dl>
          <Activity title={`Last ${runs.length} runs by time`} runs={runs} />
        </>
      )}
      {query.isError && (
        <Notice
          title="The runs cannot be read"
          tone="danger"
          action={{ label: "Try again", run: () => void query.refetch() }}
        >
          {query.error.message}
        </Notice>
      )}
      {query.isPending && <div className="skeleton" role="status" aria-label="Reading runs" />}
      {query.isSuccess && runs.length === 0 && (
        <Notice title="Nothing has run yet">
          <Link to="/launch/$namespace" params={{ namespace }} search={{}}>
            Start the first run
          </Link>
        </Notice>
      )}
      <div className="home">
        {groups.map(([title, items]) =>
          items.length === 0 ? null : (
            <section key={title} className="card">
              <h2>
                {title} <span className="dim">{title === "Newest" ? "" : items.length}</span>
              </h2>
              <ul>
                {items.slice(0, 8).map((run) => (
                  <li key={run.metadata?.uid}>
                    <Phase phase={phaseName(run.status?.phase)} bare />
                    <Link
                      to="/workflows/$namespace/$name"
                      params={{
                        namespace: run.metadata?.namespace ?? namespace,
                        name: run.metadata?.name ?? "",
                      }}
                      search={{}}
                    >
                      {run.metadata?.name}
                    </Link>
                    <span className="dim">{ago(run.status?.startedAt, now)}</span>
                    {run.status?.message && <p className="dim">{run.status.message}</p>}
                  </li>
                ))}
              </ul>
            </section>
          ),
        )}
        <NextSchedules namespace={namespace} />
      </div>
    </main>
  );
}

/** The schedules that are on, with when they fire next. */
function NextSchedules({ namespace }: { namespace: string }) {
  const crons = useQuery({
    queryKey: ["schedules", namespace],
    queryFn: () => listSchedules(namespace),
    refetchInterval: 30_000,
  });
  const on = (crons.data?.items ?? []).filter((cron) => cron.spec?.suspend !== true);
  if (on.length === 0) return null;
  return (
    <section className="card">
      <h2>
        Schedules <span className="dim">{on.length}</span>
      </h2>
      <ul>
        {on.slice(0, 8).map((cron) => (
          <li key={cron.metadata?.name}>
            <Link
              to="/cron-workflows/$namespace/$name"
              params={{ namespace, name: cron.metadata?.name ?? "" }}
              search={{}}
            >
              {cron.metadata?.name}
            </Link>
            <NextRuns cron={cron} count={1} />
          </li>
        ))}
      </ul>
    </section>
  );
}
