import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { Notice } from "../../components/notice";
import { RunContext } from "../run/context";
import { useRun } from "../run/data";
import { useFolds } from "../run/folds";
import { useNewest } from "./newest";
import "./widgets.css";

const Canvas = lazy(() => import("../../graph/canvas"));
const route = getRouteApi("/widgets/workflow-graphs/$namespace");

/** The graph of the newest run that fits, to be put into another page. */
export function GraphWidget() {
  const { namespace } = route.useParams();
  const { data: run } = useNewest(namespace, route.useSearch());
  if (!run) return <Notice title={run === null ? "No run" : "Reading"} />;
  return <Graph namespace={namespace} name={run.metadata?.name ?? ""} />;
}

function Graph({ namespace, name }: { namespace: string; name: string }) {
  const { run, model } = useRun(namespace, name, undefined);
  const folds = useFolds(model);
  if (!run) return null;
  return (
    <RunContext value={{ run, model, folds, search: {}, change: () => undefined, bare: true }}>
      <main className="widget-graph" aria-label={`Graph of ${name}`}>
        <Suspense>
          <Canvas />
        </Suspense>
      </main>
    </RunContext>
  );
}
