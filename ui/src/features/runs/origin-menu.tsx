import { useQuery } from "@tanstack/react-query";
import { clusterTemplates, schedulesIn, templatesIn } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { Menu } from "../../components/menu";
import type { RunsSearch } from "./search";

const LABELS = {
  template: "workflows.argoproj.io/workflow-template",
  "cluster template": "workflows.argoproj.io/cluster-workflow-template",
  schedule: "workflows.argoproj.io/cron-workflow",
} as const;
/** Labels that are suggested at most. */
const MOST = 100;

interface Props {
  namespace: string;
  choose: (label: string) => void;
}

/** The templates and schedules of a namespace, to see only their runs. */
export function OriginMenu({ namespace, choose }: Props) {
  const found = {
    template: useQuery(templatesIn(namespace)),
    "cluster template": useQuery(clusterTemplates),
    schedule: useQuery(schedulesIn(namespace)),
  };
  const all = (Object.keys(LABELS) as (keyof typeof LABELS)[]).flatMap((kind) =>
    (found[kind].data?.items ?? []).map((item) => ({ kind, name: item.metadata?.name ?? "" })),
  );
  if (all.length === 0) return null;
  return (
    <Menu label="From" className="button quiet">
      {all.map(({ kind, name }) => (
        <button key={`${kind} ${name}`} type="button" onClick={() => choose(`${LABELS[kind]}=${name}`)}>
          {name} <span className="dim">{kind}</span>
        </button>
      ))}
    </Menu>
  );
}

/** The filters with one origin, instead of another; other labels stay. */
export function withOrigin(search: RunsSearch, label: string): RunsSearch {
  const others = (search.label ?? []).filter(
    (each) => !Object.values(LABELS).some((name) => each.startsWith(`${name}=`)),
  );
  return { ...search, label: [...others, label] };
}

/** The labels of runs, as filters, each once; those that the server makes for itself are left out. */
export function labelsOf(runs: readonly Workflow[]): string[] {
  const found = new Set<string>();
  for (const run of runs)
    for (const [name, value] of Object.entries(run.metadata?.labels ?? {}))
      if (!/^workflows\.argoproj\.io\/(phase|completed|creator|scheduled)/.test(name)) {
        found.add(`${name}=${value}`);
        if (found.size >= MOST) return [...found];
      }
  return [...found];
}
