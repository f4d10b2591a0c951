import { getRouteApi } from "@tanstack/react-router";
import { Notice } from "../../components/notice";
import { PlainGraph } from "../../graph/plain-graph";
import { useRun } from "../run/data";
import { useNewest } from "./newest";
import "./widgets.css";

const route = getRouteApi("/widgets/workflow-graphs/$namespace");

/** The graph of the newest run that fits, to be put into another page. */
export function GraphWidget() {
  const { namespace } = route.useParams();
  const { data: run } = useNewest(namespace, route.useSearch());
  if (!run) return <Notice title={run === null ? "No run" : "Reading"} />;
  return <Graph namespace={namespace} name={run.metadata?.name ?? ""} />;
}

function Graph({ namespace, name }: { namespace: string; name: string }) {
  const { run } = useRun(namespace, name, undefined);
  if (!run) return null;
  return (
    <main className="widget-graph" aria-label={`Graph of ${name}`}>
      <PlainGraph run={run} />
    </main>
  );
}
