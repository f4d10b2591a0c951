import { getRouteApi, Link } from "@tanstack/react-router";
import { Phase, phaseName } from "../../components/phase";
import { useNewest } from "./newest";
import { WidgetState } from "./state";
import "./widgets.css";

const route = getRouteApi("/widgets/workflow-status-badges/$namespace");

/** The phase of the newest run that fits, to be put into another page. */
export function BadgeWidget() {
  const { namespace } = route.useParams();
  const search = route.useSearch();
  const query = useNewest(namespace, search);
  const run = query.data;
  if (!run)
    return (
      <main className="badge">
        <WidgetState query={query} />
      </main>
    );
  return (
    <main className="badge">
      <Link
        to="/workflows/$namespace/$name"
        params={{ namespace, name: run.metadata?.name ?? "" }}
        search={{}}
        target={search.target ?? "_top"}
      >
        {search.label ?? run.metadata?.name} <Phase phase={phaseName(run.status?.phase)} />
      </Link>
    </main>
  );
}
