import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { listClusterTemplates, listTemplates } from "../../api/definitions";
import { listSchedules } from "../../api/schedules";
import type { SubmitKind } from "../../api/workflows";
import type { WorkflowSpec } from "../../api/types";
import { Answer } from "../../components/answer";
import { Notice } from "../../components/notice";
import { LaunchForm } from "./form";
import { firstChoices } from "./options";
import { type Choice, resolved } from "./resolve";
import { givenChoices, givenValues, type LaunchSearch } from "./search";

/** Kinds with the name that each has in the address. */
const GROUPS: [SubmitKind, "template" | "cluster" | "cron", string][] = [
  ["WorkflowTemplate", "template", "Templates"],
  ["ClusterWorkflowTemplate", "cluster", "Cluster templates"],
  ["CronWorkflow", "cron", "Schedules"],
];

/** Choose what to start, then fill in its form. */
export function FromTemplate({ namespace, search }: { namespace: string; search: LaunchSearch }) {
  const choices = useQuery({ queryKey: ["launch", namespace], queryFn: () => read(namespace) });
  const asked = GROUPS.flatMap(([kind, name]) => (search[name] ? [`${kind}/${search[name]}`] : []))[0] ?? "";
  return (
    <Answer query={choices} what="templates">
      {(found) =>
        found.length === 0 ? (
          <Notice title="No templates here">Write YAML instead, or make a template under Definitions.</Notice>
        ) : (
          <Chosen namespace={namespace} choices={found} wanted={asked} search={search} />
        )
      }
    </Answer>
  );
}

interface ChosenProps {
  namespace: string;
  choices: readonly Choice[];
  wanted: string;
  search: LaunchSearch;
}

function Chosen({ namespace, choices, wanted, search }: ChosenProps) {
  const navigate = useNavigate();
  const found = choices.find((choice) => choice.key === wanted);
  const chosen = found && resolved(found, choices);
  const choose = (key: string): void => {
    const next = choices.find((choice) => choice.key === key);
    const name = GROUPS.find(([kind]) => kind === next?.kind)?.[1];
    void navigate({
      to: "/launch/$namespace",
      params: { namespace },
      search: name ? { [name]: next?.name } : {},
      replace: true,
    });
  };
  return (
    <div className="launch-form">
      <label className="field">
        What to start
        <select className="input" value={chosen?.key ?? ""} onChange={(event) => choose(event.target.value)}>
          <option value="">Choose…</option>
          {GROUPS.map(([kind, , title]) => (
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
      {wanted && !chosen && (
        <p role="alert" className="bad-text">
          There is no {wanted} in {namespace}.
        </p>
      )}
      {chosen && (
        <LaunchForm
          key={chosen.key}
          namespace={namespace}
          kind={chosen.kind}
          name={chosen.name}
          spec={chosen.spec}
          annotations={chosen.annotations}
          first={firstChoices(givenValues(search), givenChoices(search))}
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
  const one = (kind: SubmitKind, item: Kept, spec: WorkflowSpec | undefined): Choice => {
    const { name = "", annotations = {} } = item.metadata ?? {};
    return { key: `${kind}/${name}`, kind, name, spec: spec ?? {}, annotations };
  };
  return [
    ...(own.items ?? []).map((item) => one("WorkflowTemplate", item, item.spec)),
    ...(cluster.items ?? []).map((item) => one("ClusterWorkflowTemplate", item, item.spec)),
    ...(crons.items ?? []).map((item) => one("CronWorkflow", item, item.spec?.workflowSpec)),
  ];
}

interface Kept {
  metadata?: { name?: string; annotations?: Record<string, string> };
}
