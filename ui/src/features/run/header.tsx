import { Link } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { InfoLinks } from "../../components/info-links";
import { Live, type Liveness } from "../../components/live";
import { Menu } from "../../components/menu";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { Progress } from "../../components/progress";
import { TemplateLink } from "../../components/template-link";
import { ago, duration, seconds } from "../../components/time";
import { ACTIONS, type Action } from "../actions/actions";
import { originOf, siblingsOf, templateNamed } from "../runs/origin";
import { useRunView } from "./context";
import { OtherRuns } from "./other-runs";
import { useRunKeys } from "./run-keys";

/** Name, phase, times, where it came from, and what can be done. */
export function RunHeader({ live }: { live: Liveness }) {
  const { run, change } = useRunView();
  const now = useNow();
  const { metadata, status } = run;
  const name = metadata?.name ?? "";
  const namespace = metadata?.namespace ?? "";
  const origin = originOf(run);
  const template = templateNamed(run);
  const ask = (verb: string | undefined): void => change({ ask: verb });
  useRunKeys(() => {
    const fits = (verb: string): Action | undefined =>
      ACTIONS.find((action) => action.verb === verb && action.applies(run));
    ask((fits("retry") ?? fits("resubmit"))?.verb);
  });
  const waiting = run.spec?.suspend === true;
  return (
    <header className="run-head">
      <div className="run-title">
        <Link to="/workflows/$namespace" params={{ namespace }} className="dim">
          {namespace}
        </Link>
        <h1>{metadata?.annotations?.["workflows.argoproj.io/title"] ?? name}</h1>
        <div className="run-facts" role="status">
          <Phase phase={waiting ? "Suspended" : phaseName(status?.phase)} />
          <Live state={live} />
        </div>
      </div>
      <div className="run-facts">
        {status?.startedAt ? (
          <>
            <span>{duration(seconds(status.startedAt, status.finishedAt, now))}</span>
            <span title={status.startedAt}>started {ago(status.startedAt, now)}</span>
          </>
        ) : (
          <span title={metadata?.creationTimestamp ?? ""}>
            created {ago(metadata?.creationTimestamp, now)}
          </span>
        )}
        {status?.progress && status.progress !== "0/0" && (
          <Progress value={status.progress} phase={phaseName(status.phase)} />
        )}
        {origin && (
          <Link
            to="/workflows/$namespace"
            params={{ namespace }}
            search={{ label: [siblingsOf(run)] }}
            title="All runs from there"
          >
            {origin.kind} {origin.name}
          </Link>
        )}
      </div>
      <div className="run-actions">
        <button type="button" className="button" onClick={() => change({ sidePanel: "logs" })}>
          <ScrollText size={15} aria-hidden />
          Logs
        </button>
        <OtherRuns />
        <InfoLinks scope="workflow" of={run} />
        <Menu label="Actions" className="button primary">
          {ACTIONS.map((action) => (
            <button
              key={action.verb}
              type="button"
              className={action.destructive ? "danger" : undefined}
              disabled={!action.applies(run)}
              title={action.effect}
              onClick={() => ask(action.verb)}
            >
              {action.label}
            </button>
          ))}
          {template && <TemplateLink namespace={namespace} {...template} text="Open template" />}
          <button type="button" onClick={() => ask("share")}>
            Share…
          </button>
        </Menu>
      </div>
    </header>
  );
}
