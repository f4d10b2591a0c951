import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { createSchedule, resumeSchedule, suspendSchedule } from "../../api/schedules";
import { schedulesIn } from "../../api/queries";
import type { CronWorkflow } from "../../api/types";
import { targetNamespace } from "../../app/namespace";
import { Answer } from "../../components/answer";
import { Tabs } from "../../components/tabs";
import { FindField } from "../../components/find-field";
import { Notice } from "../../components/notice";
import { complain } from "../../components/toast";
import { isChosen, type State, STATES } from "./chosen";
import { Agenda } from "./agenda";
import { NewSchedule } from "./new-schedule";
import { SPANS } from "./plan";
import { ScheduleTable } from "./schedule-table";

const route = getRouteApi("/cron-workflows/$namespace");

const VIEWS: [string, string][] = [
  ["list", "List"],
  ...SPANS.map(({ id, title }): [string, string] => [id, title]),
];

/** Cron workflows: when each runs next, and whether it does. */
export function SchedulesPage() {
  const { namespace } = route.useParams();
  const target = targetNamespace(namespace);
  const navigate = useNavigate();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const panel = useId();
  const { text = "", state: wanted, view: asked } = route.useSearch();
  const span = SPANS.find(({ id }) => id === asked);
  const view = span?.id ?? "list";
  const state: State = STATES.find(([each]) => each === wanted)?.[0] ?? "all";
  const narrow = (next: { text?: string; state?: State; view?: string }): void => {
    const to = { text, state, view, ...next };
    void navigate({
      to: "/cron-workflows/$namespace",
      params: { namespace },
      search: {
        text: to.text || undefined,
        state: to.state === "all" ? undefined : to.state,
        view: to.view === "list" ? undefined : to.view,
      },
      replace: true,
    });
  };
  const query = useQuery(schedulesIn(namespace));
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
      {all.length > 0 && (
        <Tabs
          label="View"
          tabs={VIEWS}
          chosen={view}
          choose={(next) => narrow({ view: next })}
          panel={panel}
        />
      )}
      <Answer query={query} what="schedules">
        {() =>
          all.length > 0 && items.length === 0 ? (
            <Notice title="Nothing matches">No schedule has this name or label, and this state.</Notice>
          ) : items.length === 0 ? (
            <Notice title="No schedules yet" action={{ label: "Make the first", run: () => setAdding(true) }}>
              A schedule starts a workflow at set times, and can make up what it missed.
            </Notice>
          ) : (
            <div id={panel} role="tabpanel" aria-label={view}>
              {span ? (
                <Agenda namespace={namespace} crons={items} span={span} />
              ) : (
                <ScheduleTable namespace={namespace} items={items} flip={flip} />
              )}
            </div>
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
