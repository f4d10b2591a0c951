import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import {
  deleteSchedule,
  getSchedule,
  lintSchedule,
  resumeSchedule,
  suspendSchedule,
  updateSchedule,
} from "../../api/schedules";
import { complain } from "../../components/toast";
import { ObjectPage } from "../definitions/object-page";
import { RecentRuns } from "../definitions/recent-runs";
import { Backfill } from "./backfill";
import { NextRuns } from "./next-runs";
import { schedulesOf } from "./spec";

const route = getRouteApi("/cron-workflows/$namespace/$name");

/** One cron workflow: what comes, what was, run now, backfill, its YAML. */
export function SchedulePage() {
  const { namespace, name } = route.useParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [filling, setFilling] = useState(false);
  const key = ["schedule", namespace, name];
  const query = useQuery({ queryKey: key, queryFn: () => getSchedule(namespace, name) });
  const cron = query.data;
  const suspended = cron?.spec?.suspend === true;
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
      save={async (manifest) => {
        client.setQueryData(key, await updateSchedule(namespace, name, manifest));
      }}
      remove={async () => {
        await deleteSchedule(namespace, name);
        await navigate({ to: "/cron-workflows/$namespace", params: { namespace } });
      }}
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
        </>
      }
    >
      {cron && (
        <section aria-label="Next runs">
          <h2>Next runs</h2>
          <p className="mono">
            {schedulesOf(cron).join(", ")} {cron.spec?.timezone}
          </p>
          {suspended ? <p>Suspended: it starts nothing.</p> : <NextRuns cron={cron} count={10} />}
        </section>
      )}
      <RecentRuns namespace={namespace} label={`workflows.argoproj.io/cron-workflow=${name}`} />
      {filling && cron && <Backfill cron={cron} onClose={() => setFilling(false)} />}
    </ObjectPage>
  );
}
