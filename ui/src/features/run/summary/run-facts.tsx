import { Link } from "@tanstack/react-router";
import { type Fact, Facts } from "../../../components/facts";
import { useNow } from "../../../components/now";
import { Phase, phaseName } from "../../../components/phase";
import { TemplateLink } from "../../../components/template-link";
import { duration, momentText, seconds } from "../../../components/time";
import { originOf } from "../../runs/origin";
import { conditionsOf, resourcesOf } from "../conditions";
import { useRunView } from "../context";

const CREATOR = "workflows.argoproj.io/creator";
const BEFORE = "workflows.argoproj.io/resubmitted-from-workflow";

/** The facts of a run. */
export function RunFacts() {
  const { run } = useRunView();
  const now = useNow();
  const { metadata, spec, status } = run;
  const namespace = metadata?.namespace ?? "";
  const labels = metadata?.labels ?? {};
  const origin = originOf(run);
  const reference = spec?.workflowTemplateRef;
  const before = labels[BEFORE];
  const took = seconds(status?.startedAt, status?.finishedAt, now);
  const estimated = status?.estimatedDuration;
  const facts: Fact[] = [
    ["Status", <Phase key="phase" phase={phaseName(status?.phase)} />],
    ["Message", status?.message],
    ["Conditions", conditionsOf(run).join("\n")],
    ["Name", metadata?.name],
    ["Namespace", namespace],
    [
      "Template",
      reference?.name && (
        <TemplateLink
          key="template"
          namespace={namespace}
          name={reference.name}
          cluster={reference.clusterScope === true}
        />
      ),
    ],
    ["From", origin && `${origin.kind} ${origin.name}`],
    [
      "Resubmitted from",
      before && (
        <Link key="before" to="/workflows/$namespace/$name" params={{ namespace, name: before }} search={{}}>
          {before}
        </Link>
      ),
    ],
    ["Created by", labels[`${CREATOR}-preferred-username`] ?? labels[`${CREATOR}-email`] ?? labels[CREATOR]],
    ["Started", momentText(status?.startedAt)],
    ["Finished", momentText(status?.finishedAt)],
    ["Duration", duration(took) + (estimated ? `, usually ${duration(estimated)}` : "")],
    ["Progress", status?.progress],
    ["Resources", resourcesOf(status?.resourcesDuration)],
    ["Service account", spec?.serviceAccountName],
    ["Priority", spec?.priority],
    ["Id", metadata?.uid],
  ];
  return (
    <section>
      <h2>Run</h2>
      <Facts facts={facts} />
    </section>
  );
}
