import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { getRun, podName } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import { Answer } from "../../components/answer";
import { useNow } from "../../components/now";
import { type Fact, Facts } from "../../components/facts";
import { Markdown } from "../../components/markdown";
import { Phase, phaseName } from "../../components/phase";
import { ago, duration, momentText, seconds } from "../../components/time";
import { lastLines } from "../../logs/source";
import { modelOf } from "../run/model";
import { conditionsOf, resourcesOf } from "../run/conditions";
import { parametersOf } from "../run/parameters";
import { withLabel } from "./filter-text";
import { creatorOf, originOf } from "./origin";
import type { RunsSearch } from "./search";

const FAILURES = 5;
const LINES = 12;

/** A run at a glance beside the list: what it is, what it was given, what failed in it, the end of that log. */
export function Peek({ row, search, onClose }: { row: Workflow; search: RunsSearch; onClose: () => void }) {
  const { namespace = "", name = "", uid } = row.metadata ?? {};
  const query = useQuery({
    queryKey: ["peek", uid],
    queryFn: ({ signal }) => getRun(namespace, name, uid, signal),
    refetchInterval: row.status?.finishedAt ? false : 3000,
  });
  return (
    <aside className="card peek" aria-label={`Summary of ${name}`}>
      <header>
        <h2>
          <Link to="/workflows/$namespace/$name" params={{ namespace, name }} search={{}}>
            {name}
          </Link>
        </h2>
        <button type="button" className="button quiet icon" aria-label="Close the summary" onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <Answer query={query} what="run's steps">
        {(run) => <Summary run={run} search={search} />}
      </Answer>
    </aside>
  );
}

/** Labels that say again what other facts say, or nothing to people. */
const KNOWN =
  /^workflows\.argoproj\.io\/(phase|completed|creator.*|workflow-archiving-status|test-report|actor.*|action)$/;

function Summary({ run, search }: { run: Workflow; search: RunsSearch }) {
  const now = useNow();
  const { namespace = "", name = "", labels = {}, annotations = {} } = run.metadata ?? {};
  const { causes } = modelOf(run);
  const origin = originOf(run);
  const usual = run.status?.estimatedDuration;
  const took = duration(seconds(run.status?.startedAt, run.status?.finishedAt, now));
  const facts: Fact[] = [
    ["From", origin ? `${origin.kind} ${origin.name}` : "started by hand"],
    ["Started by", creatorOf(run)],
    ["Started", <span title={momentText(run.status?.startedAt)}>{ago(run.status?.startedAt, now)}</span>],
    ["Took", usual ? `${took}, usually ${duration(usual)}` : took],
    ["Progress", run.status?.progress],
    ["Resources", resourcesOf(run.status?.resourcesDuration)],
    ["Conditions", conditionsOf(run).join("; ")],
  ];
  const parameters = parametersOf(run);
  const own = Object.entries(labels).filter(([key]) => !KNOWN.test(key));
  const first = causes[0];
  const description = annotations["workflows.argoproj.io/description"];
  return (
    <>
      <Phase phase={phaseName(run.status?.phase)} />
      {run.status?.message && <p>{run.status.message}</p>}
      {description && <Markdown text={description} />}
      <Facts facts={facts} />
      {parameters.length > 0 && (
        <>
          <h3>Parameters</h3>
          <Facts
            facts={parameters.map(({ name: key = "", value, default: other }) => [
              key,
              String(value ?? other ?? ""),
            ])}
          />
        </>
      )}
      {own.length > 0 && (
        <>
          <h3>Labels</h3>
          <ul className="plain peek-labels">
            {own.map(([key, value]) => (
              <li key={key}>
                <Link
                  className="chip"
                  to="/workflows/$namespace"
                  params={{ namespace }}
                  search={withLabel(search, `${key}=${value}`)}
                  title="Only runs with this label"
                >
                  {key}={value}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {causes.length > 0 && (
        <>
          <h3>Failed steps</h3>
          <ul className="plain">
            {causes.slice(0, FAILURES).map((node) => (
              <li key={node.id}>
                <Link
                  to="/workflows/$namespace/$name"
                  params={{ namespace, name }}
                  search={{ nodeId: node.id }}
                >
                  {node.displayName}
                </Link>
                <p className="dim">{node.message}</p>
              </li>
            ))}
            {causes.length > FAILURES && <li className="dim">{causes.length - FAILURES} more</li>}
          </ul>
        </>
      )}
      {first?.type === "Pod" && <Tail namespace={namespace} name={name} pod={podName(name, first)} />}
    </>
  );
}

function Tail({ namespace, name, pod }: { namespace: string; name: string; pod: string }) {
  const lines = useQuery({
    queryKey: ["peek-tail", namespace, name, pod],
    queryFn: ({ signal }) => lastLines(namespace, name, pod, "main", LINES, signal),
    staleTime: Infinity,
  });
  if (!lines.data?.length) return null;
  return (
    <>
      <h3>Last lines</h3>
      <pre className="peek-tail" tabIndex={0}>
        {lines.data.join("\n")}
      </pre>
    </>
  );
}
