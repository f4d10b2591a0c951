import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Workflow } from "../../api/types";
import { getRun } from "../../api/workflows";
import { Answer } from "../../components/answer";
import { Diff } from "../../components/diff";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { ago, duration, seconds } from "../../components/time";
import { yamlOf } from "../../components/yaml-of";
import { parameterPairs, stepPairs } from "./differences";
import "./compare.css";

const route = getRouteApi("/compare/$namespace");

/** Two runs side by side: what they were given, how their steps went, what their specs say. */
export function ComparePage() {
  const { namespace } = route.useParams();
  const { a = "", b = "" } = route.useSearch();
  const both = useQuery({
    queryKey: ["compare", namespace, a, b],
    queryFn: ({ signal }) =>
      Promise.all([getRun(namespace, a, undefined, signal), getRun(namespace, b, undefined, signal)]),
    enabled: a !== "" && b !== "",
  });
  return (
    <main className="page compare">
      <h1>Compare</h1>
      {!a || !b ? (
        <Notice title="Two runs are needed">Choose two in the list of runs, then Compare.</Notice>
      ) : (
        <Answer query={both} what="runs">
          {([first, second]) => <Comparison namespace={namespace} a={first} b={second} />}
        </Answer>
      )}
    </main>
  );
}

function Comparison({ namespace, a, b }: { namespace: string; a: Workflow; b: Workflow }) {
  const now = useNow();
  const parameters = parameterPairs(a, b);
  const steps = stepPairs(a, b);
  return (
    <>
      <div className="compare-heads">
        {[a, b].map((run, at) => (
          <section key={at} className="card" aria-label={at === 0 ? "First run" : "Second run"}>
            <Link
              to="/workflows/$namespace/$name"
              params={{ namespace, name: run.metadata?.name ?? "" }}
              search={{}}
            >
              {run.metadata?.name}
            </Link>
            <Phase phase={phaseName(run.status?.phase)} />
            <span>{duration(seconds(run.status?.startedAt, run.status?.finishedAt, now))}</span>
            <span className="dim">started {ago(run.status?.startedAt, now)}</span>
          </section>
        ))}
      </div>
      {parameters.length > 0 && (
        <section className="object-section" aria-label="Parameters">
          <h2>Parameters</h2>
          <TableCard label="Parameters of both">
            <table className="table">
              <tbody>
                {parameters.map((pair) => (
                  <tr key={pair.name} className={pair.a === pair.b ? undefined : "differs"}>
                    <th scope="row">{pair.name}</th>
                    <td className="mono">{pair.a ?? "–"}</td>
                    <td className="mono">{pair.b ?? "–"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableCard>
        </section>
      )}
      <section className="object-section" aria-label="Steps">
        <h2>Steps</h2>
        <TableCard label="Steps of both">
          <table className="table">
            <TableHead columns={["Step", "First", "Second", "Took", "Outputs that differ"]} />
            <tbody>
              {steps.map((pair) => (
                <tr key={pair.name} className={pair.a?.phase === pair.b?.phase ? undefined : "differs"}>
                  <td className="mono">{pair.name}</td>
                  {[pair.a, pair.b].map((node, at) => (
                    <td key={at}>
                      {node ? (
                        <Phase phase={phaseName(node.phase)} />
                      ) : (
                        <span className="dim">not there</span>
                      )}
                    </td>
                  ))}
                  <td className="number">
                    {pair.slower === null || pair.slower === 0
                      ? duration(pair.a ? seconds(pair.a.startedAt, pair.a.finishedAt, now) : null)
                      : `${pair.slower > 0 ? "+" : "−"}${duration(Math.abs(pair.slower))}`}
                  </td>
                  <td>{pair.outputs.join(", ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableCard>
      </section>
      <Specs a={a} b={b} />
    </>
  );
}

/** The lines of both specs that differ. */
function Specs({ a, b }: { a: Workflow; b: Workflow }) {
  const texts = useQuery({
    queryKey: ["specs", a.metadata?.uid, b.metadata?.uid],
    queryFn: () => Promise.all([a, b].map((run) => yamlOf(run.spec ?? {}))),
    staleTime: Infinity,
  });
  const [before = "", after = ""] = texts.data ?? [];
  return (
    <section className="object-section" aria-label="Specs">
      <h2>Specs</h2>
      {texts.data && <Diff label="What differs between the specs" before={before} after={after} />}
    </section>
  );
}
