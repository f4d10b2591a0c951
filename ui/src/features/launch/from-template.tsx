import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { listClusterTemplates, listTemplates } from "../../api/definitions";
import { listSchedules } from "../../api/schedules";
import type { SubmitKind } from "../../api/workflows";
import type { WorkflowSpec } from "../../api/types";
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
  const navigate = useNavigate();
  const [other, setOther] = useState("");
  const choices = useQuery({ queryKey: ["launch", namespace], queryFn: () => read(namespace) });
  if (choices.isError) return <Notice title="The templates cannot be read">{choices.error.message}</Notice>;
  if (!choices.data) return <div className="skeleton" role="status" aria-label="Reading templates" />;
  if (choices.data.length === 0)
    return (
      <Notice title="No templates here">Write YAML instead, or make a template under Definitions.</Notice>
    );
  const asked = search.cluster
    ? `ClusterWorkflowTemplate/${search.cluster}`
    : search.cron
      ? `CronWorkflow/${search.cron}`
      : search.template
        ? `WorkflowTemplate/${search.template}`
        : "";
  const chosen = choices.data.find((choice) => choice.key === (other || asked));
  return (
    <div className="launch-form">
      <label className="field">
        What to start
        <select
          className="input"
          value={chosen?.key ?? ""}
          onChange={(event) => setOther(event.target.value)}
        >
          <option value="">Choose…</option>
          {GROUPS.map(([kind, title]) => (
            <optgroup key={kind} label={title}>
              {choices.data
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
