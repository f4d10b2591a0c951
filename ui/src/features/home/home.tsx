import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { failedSince, newestRuns, schedulesIn, userOfServer, waitingIn } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { useLastNamespace } from "../../app/namespace";
import { Answer } from "../../components/answer";
import { InfoLinks } from "../../components/info-links";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { RunLine } from "../../components/run-line";
import { ago, duration, seconds } from "../../components/time";
import { NextRuns } from "../schedules/next-runs";
import { standingOf } from "../schedules/standing";
import type { RunsSearch } from "../runs/search";
import { attentionOf, DAY, isOf, newestFirst } from "./attention";
import { Health } from "./health";
import { Notes } from "./notes";
import "./home.css";

const RunsChart = lazy(() => import("../runs/chart/runs-chart"));

/** No more lines than this in one card. */
const LINES = 8;

/** What needs somebody: failed lately, waiting, slow, stuck; then what goes on and what comes. */
export function HomePage() {
  const namespace = useLastNamespace();
  const query = useQuery(newestRuns(namespace, 200));
  return (
    <main className="page home-page">
      <div className="page-head">
        <h1>Home</h1>
        <InfoLinks scope="chat" />
        <Link to="/launch/$namespace" params={{ namespace }} search={{}} className="button primary">
          New run
        </Link>
      </div>
      <Notes />
      <Answer query={query} what="runs">
        {(list) => <Overview namespace={namespace} runs={list.items ?? []} />}
      </Answer>
    </main>
  );
}

function Overview({ namespace, runs }: { namespace: string; runs: readonly Workflow[] }) {
  const now = useNow();
  const navigate = useNavigate();
  const { suspended, slow, stuck } = attentionOf(runs, now);
  const [opened] = useState(Date.now);
  // Asked for by themselves: they may stand behind hundreds that are newer.
  const { failed } = attentionOf(useQuery(failedSince(namespace, opened - DAY)).data?.items ?? [], now);
  const me = useQuery(userOfServer).data;
  const since = (run: Workflow): string => ago(run.status?.startedAt ?? run.metadata?.creationTimestamp, now);
  const over = (run: Workflow): string => {
    const took = duration(seconds(run.status?.startedAt, undefined, now));
    return `${took}, usually ${duration(run.status?.estimatedDuration ?? null)}`;
  };
  return (
    <>
      <Health namespace={namespace} />
      {runs.length > 0 && (
        <section className="card home-chart" aria-label="Runs by time">
          <Suspense fallback={<div className="chart-room" />}>
            <RunsChart
              namespace={namespace}
              search={{}}
              runs={runs}
              marks="durations"
              go={(search) => void navigate({ to: "/workflows/$namespace", params: { namespace }, search })}
            />
          </Suspense>
        </section>
      )}
      {runs.length === 0 && (
        <Notice title="Nothing has run yet">
          <Link to="/launch/$namespace" params={{ namespace }} search={{}}>
            Start the first run
          </Link>
        </Notice>
      )}
      <div className="home">
        <Runs
          title="Failed in the last day"
          runs={failed}
          aside={since}
          all={{ phase: ["Failed", "Error"], createdAfter: new Date(opened - DAY).toISOString() }}
        />
        <Waiting namespace={namespace} />
        <Runs title="Slower than usual" runs={slow} aside={over} />
        <Runs title="Waiting to start" runs={stuck} aside={since} />
        <Runs title="Suspended" runs={suspended} aside={since} />
        <Runs
          title="Running"
          runs={runs.filter((run) => run.status?.phase === "Running" && !slow.includes(run))}
          aside={since}
          all={{ phase: ["Running"] }}
        />
        <Schedules namespace={namespace} />
        <Runs title="Mine" runs={runs.filter((run) => isOf(run, me))} aside={since} />
        <Runs title="Newest" runs={newestFirst(runs).slice(0, LINES)} aside={since} />
      </div>
    </>
  );
}

function Card({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  if (count === 0) return null;
  return (
    <section className="card">
      <h2>
        {title} <span className="dim">{count}</span>
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

interface RunsProps {
  title: string;
  runs: readonly Workflow[];
  aside: (run: Workflow) => string;
  /** What lists all of them, when there is no room. */
  all?: RunsSearch;
}

function Runs({ title, runs, aside, all }: RunsProps) {
  const namespace = useLastNamespace();
  return (
    <Card title={title} count={runs.length}>
      {runs.slice(0, LINES).map((run) => (
        <RunLine key={run.metadata?.uid} run={run} aside={aside(run)}>
          {run.status?.message && <p className="dim">{run.status.message}</p>}
        </RunLine>
      ))}
      {all && runs.length > LINES && (
        <li>
          <Link to="/workflows/$namespace" params={{ namespace }} search={all}>
            All of them
          </Link>
        </li>
      )}
    </Card>
  );
}

/** The steps that wait for somebody's word. */
function Waiting({ namespace }: { namespace: string }) {
  const now = useNow();
  const steps = useQuery(waitingIn(namespace)).data ?? [];
  return (
    <Card title="Waiting for you" count={steps.length}>
      {steps.slice(0, LINES).map((step) => (
        <li key={`${step.name} ${step.nodeId}`}>
          <Link
            to="/workflows/$namespace/$name"
            params={{ namespace: step.namespace, name: step.name }}
            search={{ nodeId: step.nodeId }}
          >
            {step.displayName} <span className="dim">in {step.name}</span>
          </Link>
          <span className="dim">{ago(step.startedAt, now)}</span>
        </li>
      ))}
    </Card>
  );
}

/** The schedules that are on with when they fire next, those with something wrong first. */
function Schedules({ namespace }: { namespace: string }) {
  const crons = useQuery(schedulesIn(namespace));
  const on = (crons.data?.items ?? [])
    .filter((cron) => cron.spec?.suspend !== true)
    .map((cron) => ({ cron, notes: standingOf(cron).notes }))
    .sort((a, b) => b.notes.length - a.notes.length);
  return (
    <Card title="Schedules" count={on.length}>
      {on.slice(0, LINES).map(({ cron, notes }) => (
        <li key={cron.metadata?.uid}>
          <Link
            to="/cron-workflows/$namespace/$name"
            params={{ namespace: cron.metadata?.namespace ?? "", name: cron.metadata?.name ?? "" }}
            search={{}}
          >
            {cron.metadata?.name}
          </Link>
          <NextRuns cron={cron} count={1} />
          {notes.length > 0 && <p className="dim">{notes.join("; ")}</p>}
        </li>
      ))}
    </Card>
  );
}
