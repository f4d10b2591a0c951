import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import {
  deleteSchedule,
  getSchedule,
  lintSchedule,
  resumeSchedule,
  scheduleVersions,
  suspendSchedule,
  updateSchedule,
} from "../../api/schedules";
import type { CronWorkflow, Workflow } from "../../api/types";
import { Markdown } from "../../components/markdown";
import { useNow } from "../../components/now";
import { ago } from "../../components/time";
import { complain } from "../../components/toast";
import { Matrix } from "../definitions/matrix";
import { ObjectPage } from "../definitions/object-page";
import { RunStrip } from "../definitions/run-strip";
import { TemplateGraph } from "../definitions/template-graph";
import { Versions } from "../definitions/versions";
import { Backfill } from "./backfill";
import { Calendar } from "./calendar";
import { NextRuns } from "./next-runs";
import { countRunsOf, CRON_LABEL, runsOf } from "./runs-of";
import { schedulesOf } from "./spec";
import { Share } from "../widgets/share";
import { standingOf } from "./standing";
import { Words } from "./words";

const route = getRouteApi("/cron-workflows/$namespace/$name");

/** One cron workflow: what comes, what was, run now, backfill, its YAML. */
export function SchedulePage() {
  const { namespace, name } = route.useParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [filling, setFilling] = useState(false);
  const key = ["schedule", namespace, name];
  const query = useQuery({
    queryKey: key,
    queryFn: () => getSchedule(namespace, name),
    refetchInterval: 10_000,
  });
  const runs = useQuery({
    queryKey: ["schedule-runs", namespace, name],
    queryFn: ({ signal }) => runsOf(namespace, name, signal),
    refetchInterval: 5000,
  });
  const cron = query.data;
  const suspended = cron?.spec?.suspend === true;
  const reread = (): Promise<CronWorkflow> => getSchedule(namespace, name);
  const save = async (manifest: unknown): Promise<CronWorkflow> => {
    const kept = await updateSchedule(namespace, name, manifest);
    client.setQueryData(key, kept);
    return kept;
  };
  const flip = async (): Promise<void> => {
    try {
      client.setQueryData(key, await (suspended ? resumeSchedule : suspendSchedule)(namespace, name));
    } catch (error) {
      complain(error);
    }
  };
  return (
    <ObjectPage
      kind="CronWorkflow"
      name={name}
      object={cron}
      problem={query.error}
      lint={(manifest) => lintSchedule(namespace, manifest)}
      reread={reread}
      save={save}
      owned={<Owned namespace={namespace} name={name} />}
      remove={async (keepRuns) => {
        await deleteSchedule(namespace, name, keepRuns);
        await navigate({ to: "/cron-workflows/$namespace", params: { namespace } });
      }}
      views={[
        ["matrix", "Matrix", <Matrix key="matrix" namespace={namespace} label={`${CRON_LABEL}=${name}`} />],
        [
          "graph",
          "Graph",
          <TemplateGraph
            key="graph"
            name={name}
            namespace={namespace}
            spec={query.data?.spec?.workflowSpec ?? {}}
          />,
        ],
        [
          "versions",
          "Versions",
          <Versions
            key="versions"
            kind="CronWorkflow"
            name={name}
            namespace={namespace}
            label={`${CRON_LABEL}=${name}`}
            read={(signal) => scheduleVersions(namespace, name, signal)}
            reread={reread}
            save={save}
          />,
        ],
      ]}
      actions={
        <>
          <Link
            className="button primary"
            to="/launch/$namespace"
            params={{ namespace }}
            search={{ cron: name }}
          >
            Run now…
          </Link>
          <button type="button" className="button" onClick={() => setFilling(true)}>
            Backfill…
          </button>
          <button type="button" className="button" onClick={() => void flip()}>
            {suspended ? "Resume" : "Suspend"}
          </button>
          <Share namespace={namespace} label={`${CRON_LABEL}=${name}`} />
        </>
      }
    >
      {cron && (
        <>
          <Summary cron={cron} runs={runs.data ?? []} />
          <Calendar cron={cron} runs={runs.data ?? []} />
        </>
      )}
      {filling && cron && <Backfill cron={cron} onClose={() => setFilling(false)} />}
    </ObjectPage>
  );
}

/** What a deletion of the schedule takes with it. */
function Owned({ namespace, name }: { namespace: string; name: string }) {
  const count = useQuery({
    queryKey: ["owned-runs", namespace, name],
    queryFn: ({ signal }) => countRunsOf(namespace, name, signal),
    staleTime: 0,
  });
  const runs =
    count.data === undefined
      ? "Its runs are"
      : count.data === 1
        ? "Its run is"
        : `Its ${count.data} runs are`;
  return (
    <p>
      {count.data === 0
        ? "It has no runs."
        : `${runs} deleted with it, with pods and logs; one that goes on is ended.`}{" "}
      Copies in the archive stay.
    </p>
  );
}

function Summary({ cron, runs }: { cron: CronWorkflow; runs: readonly Workflow[] }) {
  const now = useNow();
  const standing = standingOf(cron);
  const counted = (cron.status?.succeeded ?? 0) + (cron.status?.failed ?? 0);
  const about = cron.metadata?.annotations?.["workflows.argoproj.io/description"];
  return (
    <section aria-label="Summary" className="object-section">
      {about && <Markdown text={about} />}
      {schedulesOf(cron).map((schedule) => (
        <p key={schedule} className="schedule-when">
          <code>{schedule}</code>
          <Words schedule={schedule} />
        </p>
      ))}
      <dl className="schedule-facts">
        <div>
          <dt>State</dt>
          <dd>{standing.text}</dd>
        </div>
        <div>
          <dt>Next</dt>
          <dd>{standing.text === "On" ? <NextRuns cron={cron} count={1} /> : "–"}</dd>
        </div>
        <div>
          <dt>Last</dt>
          <dd>{ago(cron.status?.lastScheduledTime, now)}</dd>
        </div>
        <div>
          <dt>Running</dt>
          <dd>
            {(cron.status?.active ?? []).map((run) => (
              <Link
                key={run.uid}
                to="/workflows/$namespace/$name"
                params={{ namespace: cron.metadata?.namespace ?? "", name: run.name ?? "" }}
                search={{}}
              >
                {run.name}
              </Link>
            ))}
            {!cron.status?.active?.length && "nothing"}
          </dd>
        </div>
        <div>
          <dt>When one still runs</dt>
          <dd>{cron.spec?.concurrencyPolicy ?? "Allow"}</dd>
        </div>
        {counted > 0 && (
          <div>
            <dt>Succeeded, failed</dt>
            <dd>
              {cron.status?.succeeded ?? 0}, {cron.status?.failed ?? 0}
            </dd>
          </div>
        )}
        {runs.length > 0 && (
          <div>
            <dt>Last {Math.min(20, runs.length)} runs</dt>
            <dd>
              <RunStrip runs={runs.slice(0, 20)} now={now} />
            </dd>
          </div>
        )}
      </dl>
      {standing.text === "On" && (
        <details>
          <summary>The next ten times</summary>
          <NextRuns cron={cron} count={10} />
        </details>
      )}
      {standing.notes.length > 0 && (
        <ul className="notes">
          {standing.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
