import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { deleteTemplate, getTemplate, lintTemplate, type Place, updateTemplate } from "../../api/definitions";
import { lastNamespace } from "../../app/namespace";
import { ObjectPage } from "./object-page";
import { RecentRuns } from "./recent-runs";

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
      save={async (manifest) => {
        client.setQueryData(key, await updateTemplate(place, name, manifest));
      }}
      remove={async () => {
        await deleteTemplate(place, name);
        await navigate({ to: "/workflow-templates/$namespace", params: { namespace } });
      }}
      actions={
        <Link
          className="button primary"
          to="/launch/$namespace"
          params={{ namespace }}
          search={{ [place.cluster ? "cluster" : "template"]: name }}
        >
          Start…
        </Link>
      }
    >
      <RecentRuns namespace={namespace} label={`${label}=${name}`} />
    </ObjectPage>
  );
}
