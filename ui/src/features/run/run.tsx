import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, memo, Suspense, useCallback, useDeferredValue, useId, useMemo } from "react";
import { ApiError } from "../../api/client";
import { Failed } from "../../components/failed";
import { Tabs } from "../../components/tabs";
import { FailureBanner } from "./banner";
import { RunContext, useRunView } from "./context";
import { useRun } from "./data";
import { useFolds } from "./folds";
import { RunHeader } from "./header";
import { logPlace, type RunSearch, VIEWS } from "./search";
import { RunTree } from "./tree";
import { useSharedHover } from "./shared-hover";
import { Warnings } from "./warnings";
import { Waiting } from "./waiting";
import "./run.css";

const route = getRouteApi("/workflows/$namespace/$name");
// Asked for at once, beside the run itself: nearly everybody sees the graph first.
const graph = import("../../graph/canvas");
const Canvas = lazy(() => graph);
const Timeline = lazy(() => import("./timeline"));
const NodesTable = lazy(() => import("./nodes-table"));
const History = lazy(() => import("./history"));
const Summary = lazy(() => import("./summary/summary"));
const Manifest = lazy(() => import("./manifest"));
const Dialogs = lazy(() => import("./dialogs"));
const Inspector = lazy(() => import("./inspector/inspector"));
const Picked = lazy(() => import("./picked"));
const LogDock = lazy(() => import("../../logs/dock"));

/** One run: its tree, one view of it, the chosen node, and logs below. */
export function RunPage() {
  const { namespace, name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { query, run, model, live, gone } = useRun(namespace, name, search.uid);
  const folds = useFolds(model);
  const panel = useId();
  const hover = useSharedHover();
  const change = useCallback(
    (next: RunSearch): void => void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const view = useMemo(
    () => run && { run, model, folds, search, change },
    [run, model, folds, search, change],
  );
  // The tree and the tabs show a choice at once; what is large follows as soon as it can without holding them up.
  const later = useDeferredValue(view);
  if (!view || !later) {
    if (!query.isError) return <div className="skeleton" role="status" aria-label="Reading the run" />;
    const missing = query.error instanceof ApiError && query.error.status === 404;
    return (
      <main className="page">
        <Failed
          title={missing ? `There is no run ${name}` : "The run cannot be read"}
          error={query.error}
          retry={query.refetch}
        >
          {missing ? (
            <>
              It was deleted, or it is in another namespace.{" "}
              <Link to="/workflows/$namespace" params={{ namespace }} search={{}}>
                Runs of {namespace}
              </Link>
            </>
          ) : undefined}
        </Failed>
      </main>
    );
  }
  const tab = search.tab ?? "graph";
  const log = logPlace(search);
  return (
    <RunContext value={view}>
      <main className={log ? "run with-log" : "run"} {...hover}>
        <RunHeader live={live} />
        <div className="banners">
          <Warnings gone={gone} />
          <Waiting />
          <FailureBanner />
          {search.nodes && (
            <Suspense fallback={null}>
              <Picked />
            </Suspense>
          )}
        </div>
        <div className={later.search.nodeId ? "run-body with-inspector" : "run-body"}>
          <RunTree />
          <section className="run-view" aria-label="View">
            <Tabs label="Views" tabs={VIEWS} chosen={tab} choose={(tab) => change({ tab })} panel={panel} />
            <div id={panel} role="tabpanel" aria-label={tab} className="run-panel">
              <RunContext value={later}>
                <View />
              </RunContext>
            </div>
          </section>
          <RunContext value={later}>
            <Chosen />
          </RunContext>
        </div>
        {log && (
          <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
            <LogDock key={`${log.node}:${log.container}`} place={log} />
          </Suspense>
        )}
        {search.ask && (
          <Suspense fallback={null}>
            <Dialogs />
          </Suspense>
        )}
      </main>
    </RunContext>
  );
}

/** The view that the address names; drawn anew only when what it shows is another. */
const View = memo(function View() {
  const view = useRunView().search.tab ?? "graph";
  return (
    <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
      {view === "graph" && <Canvas />}
      {view === "timeline" && <Timeline />}
      {view === "table" && <NodesTable />}
      {view === "history" && <History />}
      {view === "summary" && <Summary />}
      {view === "manifest" && <Manifest />}
    </Suspense>
  );
});

const Chosen = memo(function Chosen() {
  const { nodeId } = useRunView().search;
  return (
    nodeId && (
      <Suspense fallback={<aside className="skeleton" role="status" aria-label="Loading" />}>
        <Inspector key={nodeId} id={nodeId} />
      </Suspense>
    )
  );
});
