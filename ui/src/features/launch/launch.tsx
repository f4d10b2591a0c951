import { getRouteApi } from "@tanstack/react-router";
import { useId, useState } from "react";
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
  const [tab, setTab] = useState<"template" | "yaml">("template");
  return (
    <main className="page launch">
      <h1>New run</h1>
      <Tabs label="How" tabs={TABS} chosen={tab} choose={setTab} panel={panel} />
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
