import { useQuery } from "@tanstack/react-query";
import { clusterTemplates, schedulesIn, templatesIn } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { Menu } from "../../components/menu";
import { ORIGIN_LABELS } from "./origin";

/** Labels that are suggested at most. */
const MOST = 100;
/** Keys of labels that are offered at most. */
const KEYS = 12;

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
  const all = (Object.keys(found) as (keyof typeof found)[]).flatMap((kind) =>
    // In all namespaces one name may stand for several.
    [...new Set((found[kind].data?.items ?? []).map((item) => item.metadata?.name ?? ""))].map((name) => ({
      kind,
      name,
    })),
  );
  if (all.length === 0) return null;
  return (
    <Menu label="From" className="button quiet">
      {all.map(({ kind, name }) => (
        <button
          key={`${kind} ${name}`}
          type="button"
          onClick={() => choose(`${ORIGIN_LABELS[kind]}=${name}`)}
        >
          {name} <span className="dim">{kind}</span>
        </button>
      ))}
    </Menu>
  );
}

/** Those that the server makes for itself help nobody to find runs. */
const INTERNAL = /^workflows\.argoproj\.io\/(phase|completed|creator|scheduled|workflow-archiving)/;

/** The keys of labels that people put on runs. */
export function labelKeysOf(runs: readonly Workflow[]): string[] {
  const found = new Set(runs.flatMap((run) => Object.keys(run.metadata?.labels ?? {})));
  return [...found]
    .filter((key) => !key.startsWith("workflows.argoproj.io/"))
    .sort()
    .slice(0, KEYS);
}

/** The labels of runs, as filters, each once; those that the server makes for itself are left out. */
export function labelsOf(runs: readonly Workflow[]): string[] {
  const found = new Set<string>();
  for (const run of runs)
    for (const [name, value] of Object.entries(run.metadata?.labels ?? {}))
      if (!INTERNAL.test(name)) {
        found.add(`${name}=${value}`);
        if (found.size >= MOST) return [...found];
      }
  return [...found];
}
