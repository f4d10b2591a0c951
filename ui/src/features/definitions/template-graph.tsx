import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { clusterTemplates, templatesIn } from "../../api/queries";
import type { WorkflowSpec } from "../../api/types";
import { PlainGraph } from "../../graph/plain-graph";
import { type Lookup, previewOf } from "./preview";

interface Props {
  name: string;
  /** Where templates that it refers to are; without it they stay closed. */
  namespace?: string;
  spec: WorkflowSpec;
}

/** What a spec will do, drawn as a run that has not begun, with what other templates bring. */
export function TemplateGraph({ name, namespace = "", spec }: Props) {
  const own = useQuery({ ...templatesIn(namespace), enabled: namespace !== "" }).data;
  const shared = useQuery({ ...clusterTemplates, retry: false, enabled: namespace !== "" }).data;
  const run = useMemo(() => {
    const lookup: Lookup = (template, cluster) =>
      ((cluster ? shared : own)?.items ?? []).find((each) => each.metadata?.name === template)?.spec;
    return previewOf(name, spec, lookup);
  }, [name, spec, own, shared]);
  return (
    <div className="card graph-card">
      <PlainGraph run={run} />
    </div>
  );
}
