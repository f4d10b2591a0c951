import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { listClusterTemplates, listTemplates } from "../../api/definitions";
import { listSchedules } from "../../api/schedules";
import type { SubmitKind } from "../../api/workflows";
import type { WorkflowSpec } from "../../api/types";
import { Answer } from "../../components/answer";
import { Notice } from "../../components/notice";
import { LaunchForm } from "./form";
import { givenValues, type LaunchSearch } from "./search";

interface Choice {
  key: string;
  kind: SubmitKind;
  name: string;
  spec: WorkflowSpec;
}

const GROUPS: [SubmitKind, string][] = [
  ["WorkflowTemplate", "Templates"],
  ["ClusterWorkflowTemplate", "Cluster templates"],
  ["CronWorkflow", "Schedules"],
];

/** Choose what to start, then fill in its form. */
export function FromTemplate({ namespace, search }: { namespace: string; search: LaunchSearch }) {
  const [other, setOther] = useState("");
  const choices = useQuery({ queryKey: ["launch", namespace], queryFn: () => read(namespace) });
  const asked = search.cluster
    ? `ClusterWorkflowTemplate/${search.cluster}`
    : search.cron
      ? `CronWorkflow/${search.cron}`
      : search.template
        ? `WorkflowTemplate/${search.template}`
        : "";
  return (
    <Answer query={choices} what="templates">
      {(found) =>
        found.length === 0 ? (
          <Notice title="No templates here">Write YAML instead, or make a template under Definitions.</Notice>
        ) : (
          <Chosen
            namespace={namespace}
            choices={found}
            wanted={other || asked}
            choose={setOther}
            search={search}
          />
        )
      }
    </Answer>
  );
}

interface ChosenProps {
  namespace: string;
  choices: readonly Choice[];
  wanted: string;
  choose: (key: string) => void;
  search: LaunchSearch;
}

function Chosen({ namespace, choices, wanted, choose, search }: ChosenProps) {
  const navigate = useNavigate();
  const chosen = choices.find((choice) => choice.key === wanted);
  return (
    <div className="launch-form">
      <label className="field">
        What to start
        <select className="input" value={chosen?.key ?? ""} onChange={(event) => choose(event.target.value)}>
          <option value="">Choose…</option>
          {GROUPS.map(([kind, title]) => (
            <optgroup key={kind} label={title}>
              {choices
                .filter((choice) => choice.kind === kind)
                .map((choice) => (
                  <option key={choice.key} value={choice.key}>
                    {choice.name}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      {chosen && (
        <LaunchForm
          key={chosen.key}
          namespace={namespace}
          kind={chosen.kind}
          name={chosen.name}
          spec={chosen.spec}
          given={givenValues(search)}
          started={(name) =>
            void navigate({ to: "/workflows/$namespace/$name", params: { namespace, name }, search: {} })
          }
        />
      )}
    </div>
  );
}

/** Everything that can be started; kinds that the server does not show are left out. */
async function read(namespace: string): Promise<Choice[]> {
  const [own, cluster, crons] = await Promise.all([
    listTemplates(namespace),
    listClusterTemplates().catch(() => ({ items: null })),
    listSchedules(namespace).catch(() => ({ items: null })),
  ]);
  const one = (kind: SubmitKind, name: string, spec: WorkflowSpec | undefined): Choice => ({
    key: `${kind}/${name}`,
    kind,
    name,
    spec: spec ?? {},
  });
  return [
    ...(own.items ?? []).map((item) => one("WorkflowTemplate", item.metadata?.name ?? "", item.spec)),
    ...(cluster.items ?? []).map((item) =>
      one("ClusterWorkflowTemplate", item.metadata?.name ?? "", item.spec),
    ),
    ...(crons.items ?? []).map((item) =>
      one("CronWorkflow", item.metadata?.name ?? "", item.spec?.workflowSpec),
    ),
  ];
}
