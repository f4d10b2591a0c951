import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createTemplate, lintTemplate } from "../../api/definitions";
import { clusterTemplates, newestRuns, templatesIn } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { groupedBy } from "../runs/group";
import { EVERY } from "../../api/namespaces";
import { targetNamespace } from "../../app/namespace";
import { Answer } from "../../components/answer";
import { FindField } from "../../components/find-field";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { percent } from "../../components/percent";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { TemplateLink } from "../../components/template-link";
import { ago } from "../../components/time";
import { TEMPLATE_EXAMPLE } from "../launch/example";
import { hasWords } from "./has-words";
import { NewObject } from "./new-object";
import { RunStrip } from "./run-strip";

const route = getRouteApi("/workflow-templates/$namespace");
const COLUMNS = [
  "Name",
  { title: "Kind", minor: true },
  { title: "Parameters", minor: true },
  "Last runs",
  { title: "Succeeded", minor: true },
  { title: "Last", minor: true },
  { title: "Actions", unseen: true },
] as const;

/** Templates and cluster templates in one list. */
export function DefinitionsPage() {
  const { namespace } = route.useParams();
  const target = targetNamespace(namespace);
  const navigate = useNavigate();
  const now = useNow();
  const { text = "", state = "all" } = route.useSearch();
  const narrow = (next: { text?: string; state?: string }): void => {
    const to = { text, state, ...next };
    void navigate({
      to: "/workflow-templates/$namespace",
      params: { namespace },
      search: { text: to.text || undefined, state: to.state === "all" ? undefined : to.state },
      replace: true,
    });
  };
  const [adding, setAdding] = useState(false);
  const own = useQuery(templatesIn(namespace));
  const cluster = useQuery(clusterTemplates);
  const runs = useQuery(newestRuns(namespace, 500));
  const mine = groupedBy(runs.data?.items ?? [], (run) => {
    const labels = run.metadata?.labels ?? {};
    const cluster = labels["workflows.argoproj.io/cluster-workflow-template"];
    return cluster === undefined ? labels["workflows.argoproj.io/workflow-template"] : `cluster/${cluster}`;
  });
  const rows = [
    ...(own.data?.items ?? []).map((template) => ({ template, shared: false })),
    ...(cluster.data?.items ?? []).map((template) => ({ template, shared: true })),
  ]
    .filter(({ shared }) => state === "all" || shared === (state === "cluster"))
    .filter(({ template }) => hasWords(template.metadata, text));
  const narrowed = text !== "" || state !== "all";
  return (
    <main className="page">
      <div className="page-head">
        <h1>Definitions</h1>
        <FindField label="Filter by name or label" text={text} change={(next) => narrow({ text: next })} />
        <select
          className="input"
          aria-label="Kind"
          value={state}
          onChange={(event) => narrow({ state: event.target.value })}
        >
          <option value="all">Any kind</option>
          <option value="own">Templates</option>
          <option value="cluster">Cluster templates</option>
        </select>
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          New template
        </button>
      </div>
      <Answer query={own} what="templates">
        {() =>
          rows.length === 0 ? (
            <Notice title={narrowed ? "Nothing matches" : "No templates yet"}>
              A template is a workflow that is kept, to be started again and again with other parameters.
            </Notice>
          ) : (
            <TableCard label="Templates">
              <table className="table">
                <TableHead columns={COLUMNS} />
                <tbody>
                  {rows.map(({ template, shared }) => (
                    <tr key={template.metadata?.uid ?? template.metadata?.name}>
                      <td className="major">
                        <TemplateLink
                          namespace={template.metadata?.namespace ?? ""}
                          name={template.metadata?.name ?? ""}
                          cluster={shared}
                        />
                        {namespace === EVERY && <p className="dim">{template.metadata?.namespace}</p>}
                        <p className="dim">
                          {template.metadata?.annotations?.["workflows.argoproj.io/description"]}
                        </p>
                      </td>
                      <td className="minor">{shared ? "cluster template" : "template"}</td>
                      <td className="minor">
                        {(template.spec?.arguments?.parameters ?? []).map((each) => each.name).join(", ")}
                      </td>
                      <Record
                        runs={mine.get(`${shared ? "cluster/" : ""}${template.metadata?.name ?? ""}`) ?? []}
                        now={now}
                      />
                      <td>
                        <Link
                          className="button"
                          to="/launch/$namespace"
                          params={{ namespace: template.metadata?.namespace ?? target }}
                          search={{ [shared ? "cluster" : "template"]: template.metadata?.name }}
                        >
                          Start
                        </Link>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableCard>
          )
        }
      </Answer>
      {adding && (
        <NewObject
          title="New template"
          kind="WorkflowTemplate"
          lint={(manifest) => lintTemplate({ namespace: target, cluster: isCluster(manifest) }, manifest)}
          text={TEMPLATE_EXAMPLE}
          onClose={() => setAdding(false)}
          save={async (manifest) => {
            const shared = isCluster(manifest);
            const made = await createTemplate({ namespace: target, cluster: shared }, manifest);
            const name = made.metadata?.name ?? "";
            await (shared
              ? navigate({ to: "/cluster-workflow-templates/$name", params: { name } })
              : navigate({
                  to: "/workflow-templates/$namespace/$name",
                  params: { namespace: target, name },
                }));
          }}
        />
      )}
    </main>
  );
}

const isCluster = (manifest: unknown): boolean =>
  (manifest as { kind?: string }).kind === "ClusterWorkflowTemplate";

/** Three cells: the last runs as bars, how many succeeded, when the last was. */
function Record({ runs, now }: { runs: readonly Workflow[]; now: number }) {
  const over = runs.filter((run) => run.status?.finishedAt);
  const good = over.filter((run) => run.status?.phase === "Succeeded").length;
  return (
    <>
      <td>
        <RunStrip runs={runs.slice(0, 20)} now={now} />
      </td>
      <td className="minor number">{percent(good, over.length)}</td>
      <td className="minor">{ago(runs[0]?.status?.startedAt, now)}</td>
    </>
  );
}
