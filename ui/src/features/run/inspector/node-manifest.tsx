import { useQuery } from "@tanstack/react-query";
import { useRunView } from "../context";
import type { RunNode } from "../model";
import { templateOf } from "../templates";
import { Value } from "./value";

/** A node and the template that it was made from, as YAML. */
export function NodeManifest({ node }: { node: RunNode }) {
  const { run } = useRunView();
  const template = templateOf(run, node.status);
  const texts = useQuery({
    queryKey: ["node-manifest", run.metadata?.uid, run.metadata?.resourceVersion, node.id],
    queryFn: async () => {
      const { stringify } = await import("yaml");
      return { node: stringify(node.status), template: template && stringify(template) };
    },
    staleTime: Infinity,
  });
  if (!texts.data) return <div className="skeleton" role="status" aria-label="Loading" />;
  return (
    <>
      <Value name="Node" value={texts.data.node} />
      {texts.data.template && <Value name="Template" value={texts.data.template} />}
    </>
  );
}
