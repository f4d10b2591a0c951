import { getRouteApi } from "@tanstack/react-router";
import { PlainGraph } from "../../graph/plain-graph";
import { useRun } from "../run/data";
import { useNewest } from "./newest";
import { WidgetState } from "./state";
import "./widgets.css";

const route = getRouteApi("/widgets/workflow-graphs/$namespace");

/** The graph of the newest run that fits, to be put into another page. */
export function GraphWidget() {
  const { namespace } = route.useParams();
  const query = useNewest(namespace, route.useSearch());
  const run = query.data;
  if (!run)
    return (
      <main className="badge">
        <WidgetState query={query} />
      </main>
    );
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
