import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createTemplate, listClusterTemplates, listTemplates } from "../../api/definitions";
import type { WorkflowTemplate } from "../../api/types";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { ago } from "../../components/time";
import { TEMPLATE_EXAMPLE } from "../launch/example";
import { NewObject } from "./new-object";

const route = getRouteApi("/workflow-templates/$namespace");

/** Templates and cluster templates in one list. */
export function DefinitionsPage() {
  const { namespace } = route.useParams();
  const navigate = useNavigate();
  const now = useNow();
  const [text, setText] = useState("");
  const [adding, setAdding] = useState(false);
  const own = useQuery({ queryKey: ["templates", namespace], queryFn: () => listTemplates(namespace) });
  const cluster = useQuery({ queryKey: ["templates"], queryFn: listClusterTemplates, retry: false });
  const rows = [
    ...(own.data?.items ?? []).map((template) => ({ template, shared: false })),
    ...(cluster.data?.items ?? []).map((template) => ({ template, shared: true })),
  ].filter(({ template }) => (template.metadata?.name ?? "").includes(text));
  return (
    <main className="page">
      <div className="page-head">
        <h1>Definitions</h1>
        <input
          className="input"
          type="search"
          aria-label="Filter by name"
          placeholder="Filter by name"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          New template
        </button>
      </div>
      {own.isError ? (
        <Notice
          title="The templates cannot be read"
          tone="danger"
          action={{ label: "Try again", run: () => void own.refetch() }}
        >
          {own.error.message}
        </Notice>
      ) : own.isPending ? (
        <div className="skeleton" role="status" aria-label="Reading templates" />
      ) : rows.length === 0 ? (
        <Notice title={text ? "Nothing matches" : "No templates yet"}>
          A template is a workflow that is kept, to be started again and again with other parameters.
        </Notice>
      ) : (
        <div className="card table-card">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Kind</th>
                <th scope="col">Parameters</th>
                <th scope="col">Created</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ template, shared }) => (
                <tr key={`${String(shared)}${template.metadata?.name ?? ""}`}>
                  <td>
                    <NameLink template={template} shared={shared} namespace={namespace} />
                    <p className="dim">
                      {template.metadata?.annotations?.["workflows.argoproj.io/description"]}
                    </p>
                  </td>
                  <td>{shared ? "cluster template" : "template"}</td>
                  <td>{(template.spec?.arguments?.parameters ?? []).map((each) => each.name).join(", ")}</td>
                  <td>{ago(template.metadata?.creationTimestamp, now)}</td>
                  <td>
                    <Link
                      className="button"
                      to="/launch/$namespace"
                      params={{ namespace }}
                      search={{ [shared ? "cluster" : "template"]: template.metadata?.name }}
                    >
                      Start
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {adding && (
        <NewObject
          title="New template"
          kind="WorkflowTemplate"
          text={TEMPLATE_EXAMPLE}
          onClose={() => setAdding(false)}
          save={async (manifest) => {
            const shared = manifest["kind"] === "ClusterWorkflowTemplate";
            const made = await createTemplate({ namespace, cluster: shared }, manifest);
            const name = made.metadata?.name ?? "";
            await (shared
              ? navigate({ to: "/cluster-workflow-templates/$name", params: { name } })
              : navigate({ to: "/workflow-templates/$namespace/$name", params: { namespace, name } }));
          }}
        />
      )}
    </main>
  );
}

function NameLink({
  template,
  shared,
  namespace,
}: {
  template: WorkflowTemplate;
  shared: boolean;
  namespace: string;
}) {
  const name = template.metadata?.name ?? "";
  return shared ? (
    <Link to="/cluster-workflow-templates/$name" params={{ name }}>
      {name}
    </Link>
  ) : (
    <Link to="/workflow-templates/$namespace/$name" params={{ namespace, name }}>
      {name}
    </Link>
  );
}
