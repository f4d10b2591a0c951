import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";
import { useRunView } from "./context";

const Editor = lazy(() => import("../../editor/editor"));

/** The run as YAML, to read: without the status of its nodes, which the other views show. */
export default function Manifest() {
  const { run } = useRunView();
  const { nodes: _nodes, ...status } = run.status ?? {};
  const text = useQuery({
    queryKey: ["manifest", run.metadata?.uid, run.metadata?.resourceVersion],
    queryFn: async () => {
      const { stringify } = await import("yaml");
      const { managedFields: _fields, ...metadata } = (run.metadata ?? {}) as Record<string, unknown>;
      return stringify({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Workflow",
        metadata,
        spec: run.spec,
        status,
      });
    },
    staleTime: Infinity,
  });
  if (text.data === undefined) return <div className="skeleton" role="status" aria-label="Loading" />;
  return <Editor label="Manifest" text={text.data} readOnly />;
}
