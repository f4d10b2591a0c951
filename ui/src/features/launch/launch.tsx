import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useId } from "react";
import { Tabs } from "../../components/tabs";
import { FromTemplate } from "./from-template";
import { FromYaml } from "./from-yaml";
import "./launch.css";

const route = getRouteApi("/launch/$namespace");
const TABS = [
  ["template", "From a template"],
  ["yaml", "Write YAML"],
] as const;

/** Start a run: from a template with a form, or from a manifest. */
export function LaunchPage() {
  const { namespace } = route.useParams();
  const search = route.useSearch();
  const panel = useId();
  const navigate = useNavigate();
  const tab = search.tab ?? "template";
  const choose = (next: "template" | "yaml"): void =>
    void navigate({
      to: "/launch/$namespace",
      params: { namespace },
      search: { ...search, tab: next === "yaml" ? next : undefined },
      replace: true,
    });
  return (
    <main className="page launch">
      <h1>New run</h1>
      <Tabs label="How" tabs={TABS} chosen={tab} choose={choose} panel={panel} />
      <div id={panel} role="tabpanel" aria-label={tab} className="launch-panel">
        {tab === "template" ? (
          <FromTemplate namespace={namespace} search={search} />
        ) : (
          <FromYaml namespace={namespace} />
        )}
      </div>
    </main>
  );
}
