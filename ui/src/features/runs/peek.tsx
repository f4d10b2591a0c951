import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { getRun, podName } from "../../api/workflows";
import type { Workflow } from "../../api/types";
import { Answer } from "../../components/answer";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { ago, duration, seconds } from "../../components/time";
import { lastLines } from "../../logs/source";
import { modelOf } from "../run/model";
import { originOf } from "./origin";

const FAILURES = 5;
const LINES = 12;

/** A run at a glance beside the list: what it is, what failed in it, the end of that log. */
export function Peek({ row, onClose }: { row: Workflow; onClose: () => void }) {
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
        {(run) => <Summary run={run} />}
      </Answer>
    </aside>
  );
}

function Summary({ run }: { run: Workflow }) {
  const now = useNow();
  const { namespace = "", name = "" } = run.metadata ?? {};
  const { causes } = modelOf(run);
  const origin = originOf(run);
  const facts: [string, string][] = [
    ["From", origin ? `${origin.kind} ${origin.name}` : "started by hand"],
    ["Started", ago(run.status?.startedAt, now)],
    ["Took", duration(seconds(run.status?.startedAt, run.status?.finishedAt, now))],
    ["Progress", run.status?.progress ?? "–"],
  ];
  const parameters = run.spec?.arguments?.parameters ?? [];
  const first = causes[0];
  return (
    <>
      <Phase phase={phaseName(run.status?.phase)} />
      {run.status?.message && <p>{run.status.message}</p>}
      <dl className="facts">
        {[
          ...facts,
          ...parameters.map(({ name: key = "", value }): [string, string] => [key, String(value ?? "")]),
        ].map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
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
