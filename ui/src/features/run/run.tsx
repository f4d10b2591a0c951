import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useId } from "react";
import { ApiError } from "../../api/client";
import { Notice } from "../../components/notice";
import { Tabs } from "../../components/tabs";
import { FailureBanner } from "./banner";
import { RunContext } from "./context";
import { useRun } from "./data";
import { useFolds } from "./folds";
import { History } from "./history";
import { RunHeader } from "./header";
import { Inspector } from "./inspector/inspector";
import { Manifest } from "./manifest";
import { NodesTable } from "./nodes-table";
import { logPlace, type RunSearch, VIEWS } from "./search";
import { Summary } from "./summary/summary";
import { Timeline } from "./timeline";
import { RunTree } from "./tree";
import "./run.css";

const route = getRouteApi("/workflows/$namespace/$name");
// Asked for at once, beside the run itself: nearly everybody sees the graph first.
const graph = import("../../graph/canvas");
const Canvas = lazy(() => graph);
const LogDock = lazy(() => import("../../logs/dock"));

/** One run: its tree, one view of it, the chosen node, and logs below. */
export function RunPage() {
  const { namespace, name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { query, run, model, live, gone } = useRun(namespace, name, search.uid);
  const folds = useFolds(model);
  const panel = useId();
  const change = (next: RunSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  if (!run) {
    if (!query.isError) return <div className="skeleton" role="status" aria-label="Reading the run" />;
    const missing = query.error instanceof ApiError && query.error.status === 404;
    return (
      <main className="page">
        <Notice
          title={missing ? `There is no run ${name}` : "The run cannot be read"}
          tone="danger"
          action={{ label: "Try again", run: () => void query.refetch() }}
        >
          {missing ? "It was deleted, or it is in another namespace." : query.error.message}
        </Notice>
      </main>
    );
  }
  const view = search.tab ?? "graph";
  const log = logPlace(search);
  return (
    <RunContext value={{ run, model, folds, search, change }}>
      <main className={log ? "run with-log" : "run"}>
        <RunHeader live={live} />
        {gone && (
          <p className="banner plain" role="status">
            This run was deleted: the page shows what was last known of it.
          </p>
        )}
        <FailureBanner />
        <div className={search.nodeId ? "run-body with-inspector" : "run-body"}>
          <RunTree />
          <section className="run-view" aria-label="View">
            <Tabs label="Views" tabs={VIEWS} chosen={view} choose={(tab) => change({ tab })} panel={panel} />
            <div id={panel} role="tabpanel" aria-label={view} className="run-panel">
              <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
                {view === "graph" && <Canvas />}
                {view === "timeline" && <Timeline />}
                {view === "table" && <NodesTable />}
                {view === "history" && <History />}
                {view === "summary" && <Summary />}
                {view === "manifest" && <Manifest />}
              </Suspense>
            </div>
          </section>
          {search.nodeId && <Inspector key={search.nodeId} id={search.nodeId} />}
        </div>
        {log && (
          <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
            <LogDock key={`${log.node}:${log.container}`} place={log} />
          </Suspense>
        )}
      </main>
    </RunContext>
  );
}
