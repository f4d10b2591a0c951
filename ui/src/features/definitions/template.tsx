import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import {
  deleteTemplate,
  getTemplate,
  lintTemplate,
  type Place,
  templateVersions,
  updateTemplate,
} from "../../api/definitions";
import { lastNamespace } from "../../app/namespace";
import type { WorkflowTemplate } from "../../api/types";
import { bindingsIn, clusterTemplates, schedulesIn, templatesIn } from "../../api/queries";
import { Markdown } from "../../components/markdown";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { TemplateLink } from "../../components/template-link";
import { ObjectPage } from "./object-page";
import { Share } from "../widgets/share";
import { Matrix } from "./matrix";
import { RecentRuns } from "./recent-runs";
import { TemplateGraph } from "./template-graph";
import { type User, usersOf } from "./used-by";
import { Versions } from "./versions";

const own = getRouteApi("/workflow-templates/$namespace/$name");
const shared = getRouteApi("/cluster-workflow-templates/$name");

export function TemplatePage() {
  const { namespace, name } = own.useParams();
  return <Template place={{ namespace, cluster: false }} name={name} />;
}

export function ClusterTemplatePage() {
  const { name } = shared.useParams();
  return <Template place={{ namespace: "", cluster: true }} name={name} />;
}

/** A template: its YAML with live checks, what it was used for, and the way to start it. */
function Template({ place, name }: { place: Place; name: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const namespace = place.namespace || lastNamespace();
  const key = ["template", place.namespace, name];
  const query = useQuery({ queryKey: key, queryFn: () => getTemplate(place, name) });
  const reread = (): Promise<WorkflowTemplate> => getTemplate(place, name);
  const save = async (manifest: unknown): Promise<WorkflowTemplate> => {
    const kept = await updateTemplate(place, name, manifest);
    client.setQueryData(key, kept);
    return kept;
  };
  const label = place.cluster
    ? "workflows.argoproj.io/cluster-workflow-template"
    : "workflows.argoproj.io/workflow-template";
  const kind = place.cluster ? "ClusterWorkflowTemplate" : "WorkflowTemplate";
  return (
    <ObjectPage
      kind={kind}
      name={name}
      object={query.data}
      problem={query.error}
      lint={(manifest) => lintTemplate(place, manifest)}
      reread={reread}
      save={save}
      remove={async () => {
        await deleteTemplate(place, name);
        await navigate({ to: "/workflow-templates/$namespace", params: { namespace } });
      }}
      actions={
        <>
          <Link
            className="button primary"
            to="/launch/$namespace"
            params={{ namespace }}
            search={{ [place.cluster ? "cluster" : "template"]: name }}
          >
            Start…
          </Link>
          <Share namespace={namespace} label={`${label}=${name}`} />
        </>
      }
      views={[
        ["matrix", "Matrix", <Matrix key="matrix" namespace={namespace} label={`${label}=${name}`} />],
        [
          "graph",
          "Graph",
          <TemplateGraph key="graph" name={name} namespace={namespace} spec={query.data?.spec ?? {}} />,
        ],
        [
          "versions",
          "Versions",
          <Versions
            key="versions"
            kind={kind}
            name={name}
            namespace={namespace}
            label={`${label}=${name}`}
            read={(signal) => templateVersions(place, name, signal)}
            reread={reread}
            save={save}
          />,
        ],
      ]}
    >
      {query.data && <About template={query.data} />}
      <UsedBy namespace={namespace} name={name} cluster={place.cluster} />
      <RecentRuns namespace={namespace} label={`${label}=${name}`} />
    </ObjectPage>
  );
}

/** What it is for, and its parameters. */
function About({ template }: { template: WorkflowTemplate }) {
  const text = template.metadata?.annotations?.["workflows.argoproj.io/description"];
  const parameters = template.spec?.arguments?.parameters ?? [];
  return (
    <>
      {text && <Markdown text={text} />}
      {parameters.length > 0 && (
        <section className="object-section" aria-label="Parameters">
          <h2>Parameters</h2>
          <TableCard label="Parameters and their defaults">
            <table className="table">
              <TableHead columns={["Name", "Default", "Choices", "Description"]} />
              <tbody>
                {parameters.map((each) => (
                  <tr key={each.name}>
                    <td>{each.name}</td>
                    <td className="mono">{String(each.value ?? each.default ?? "")}</td>
                    <td>{(each.enum ?? []).map(String).join(", ")}</td>
                    <td>{each.description}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableCard>
        </section>
      )}
    </>
  );
}

/** What starts it, or takes a part of it. */
function UsedBy({ namespace, name, cluster }: { namespace: string; name: string; cluster: boolean }) {
  const crons = useQuery(schedulesIn(namespace));
  const own = useQuery(templatesIn(namespace));
  const shared = useQuery({ ...clusterTemplates, retry: false });
  const bindings = useQuery({ ...bindingsIn(namespace), retry: false });
  const users = usersOf(name, cluster, {
    crons: crons.data?.items ?? [],
    templates: own.data?.items ?? [],
    clusterTemplates: shared.data?.items ?? [],
    bindings: bindings.data?.items ?? [],
  });
  if (users.length === 0) return null;
  return (
    <section className="object-section" aria-label="Used by">
      <h2>Used by</h2>
      <ul className="plain">
        {users.map((user) => (
          <li key={`${user.kind}/${user.name}`}>
            <span className="dim">{user.kind}</span> <UserLink namespace={namespace} user={user} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function UserLink({ namespace, user: { kind, name } }: { namespace: string; user: User }) {
  if (kind === "schedule")
    return (
      <Link to="/cron-workflows/$namespace/$name" params={{ namespace, name }} search={{}}>
        {name}
      </Link>
    );
  if (kind === "event binding")
    return (
      <Link to="/workflow-event-bindings/$namespace/$name" params={{ namespace, name }} search={{}}>
        {name}
      </Link>
    );
  return <TemplateLink namespace={namespace} name={name} cluster={kind === "cluster template"} />;
}
