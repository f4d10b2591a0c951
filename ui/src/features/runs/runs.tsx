import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { infoOfServer } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { EVERY } from "../../api/namespaces";
import { keepNamespace } from "../../app/namespace";
import { InfoLinks } from "../../components/info-links";
import { Live } from "../../components/live";
import { saveFile } from "../../components/save-file";
import { Failed } from "../../components/failed";
import { Notice } from "../../components/notice";
import { useKept } from "../../components/use-kept";
import { BulkBar } from "./bulk";
import { chartNamed } from "./chart-choice";
import { allColumns, moved, runsCsv, shownColumns } from "./columns";
import { useRuns } from "./data";
import { Filters } from "./filters";
import { Peek } from "./peek";
import { runId } from "./row";
import { RunsTable } from "./table";
import { TableMenu } from "./table-menu";
import { isLocal } from "./search";
import "./runs.css";

const RunsChart = lazy(() => import("./chart/runs-chart"));
const route = getRouteApi("/workflows/$namespace");

/** The runs of a namespace, newest first. */
export function RunsPage() {
  const { namespace } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [peeked, setPeeked] = useState<Workflow | null>(null);
  const { query, items, fresh, live } = useRuns(namespace, search);
  useEffect(() => keepNamespace(namespace), [namespace]);
  const info = useQuery(infoOfServer);
  const [kept, show] = useKept<unknown>("columns", (ids) => ids);
  const [chart, keepChart] = useKept("runs-chart", chartNamed);
  const all = allColumns(info.data, kept);
  const visible = shownColumns(info.data, kept, namespace === EVERY);
  const columns = visible.flatMap((id) => all.find((column) => column.id === id) ?? []);
  const peek = useCallback(
    (run: Workflow) => setPeeked((now) => (now && runId(now) === runId(run) ? null : run)),
    [],
  );
  const loaded = query.data?.pages.reduce((sum, page) => sum + (page.items?.length ?? 0), 0);
  const filtered = Object.keys(search).length > 0;
  return (
    <main className="page runs-page">
      <div className="page-head">
        <h1>Runs</h1>
        {live !== "off" && <Live state={live} />}
        <TableMenu
          columns={all}
          shown={visible}
          choose={show}
          chart={chart}
          chooseChart={keepChart}
          save={() => saveFile(`${namespace}-runs.csv`, "text/csv", runsCsv(items, columns, Date.now()))}
        />
        <InfoLinks scope="workflow-list" of={{ metadata: { namespace } }} />
        <Link to="/launch/$namespace" params={{ namespace }} className="button primary">
          <Plus size={16} aria-hidden />
          New run
        </Link>
      </div>
      <Filters namespace={namespace} search={search} runs={items} />
      {chart !== "none" && !query.isError && (
        <Suspense fallback={<div className="chart-room" />}>
          <RunsChart
            namespace={namespace}
            search={search}
            runs={items}
            marks={chart}
            go={(next) => void navigate({ search: next })}
          />
        </Suspense>
      )}
      {isLocal(search) && items.length > 0 && query.hasNextPage && (
        <p className="dim runs-note">
          The server has no filter for how long runs took or where they are kept: these are those that match
          among the newest {loaded}. Older ones are read while you scroll.
        </p>
      )}
      {fresh.length > 0 && (
        <button type="button" className="button fresh" onClick={() => void query.refetch()}>
          {fresh.length === 1 ? "1 new run" : `${fresh.length} new runs`}
        </button>
      )}
      <BulkBar runs={items} chosen={chosen} choose={setChosen} />
      {query.isError && items.length === 0 ? (
        <Failed title="The runs cannot be read" error={query.error} retry={query.refetch} />
      ) : query.isPending || (items.length === 0 && query.hasNextPage) ? (
        <div className="skeleton" role="status" aria-label="Reading runs" />
      ) : items.length === 0 ? (
        <Notice title={filtered ? "No run matches" : "No runs yet"}>
          {filtered ? (
            <Link to="/workflows/$namespace" params={{ namespace }}>
              Remove all filters
            </Link>
          ) : (
            <>
              Start one with{" "}
              <Link to="/launch/$namespace" params={{ namespace }}>
                New run
              </Link>
              , or <code>tiphys submit FILE</code>.
            </>
          )}
        </Notice>
      ) : (
        <div className={peeked ? "runs-beside with-peek" : "runs-beside"}>
          <RunsTable
            items={items}
            chosen={chosen}
            choose={setChosen}
            group={search.group}
            columns={columns}
            move={(id, before) => show(moved(visible, id, visible.indexOf(before)))}
            peek={peek}
            close={() => (peeked ? setPeeked(null) : setChosen(new Set()))}
            more={query.hasNextPage && !query.isFetching ? () => void query.fetchNextPage() : undefined}
          />
          {peeked && (
            <Peek key={runId(peeked)} row={peeked} search={search} onClose={() => setPeeked(null)} />
          )}
        </div>
      )}
    </main>
  );
}
