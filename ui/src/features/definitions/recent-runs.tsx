import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { newestRuns } from "../../api/queries";
import { useNow } from "../../components/now";
import { Phase, phaseName } from "../../components/phase";
import { ago, duration, seconds } from "../../components/time";
import { RunStrip } from "./run-strip";

/** The newest runs with a label: as bars, and the last ones by name. */
export function RecentRuns({ namespace, label }: { namespace: string; label: string }) {
  const now = useNow();
  const runs = useQuery(newestRuns(namespace, 20, label));
  const items = runs.data?.items ?? [];
  return (
    <section className="object-section" aria-label="Last runs">
      <h2>Last runs</h2>
      {items.length === 0 ? (
        <p className="dim">None yet.</p>
      ) : (
        <>
          <RunStrip runs={items} now={now} large />
          <div className="card table-card">
            <table className="table">
              <tbody>
                {items.slice(0, 10).map((run) => (
                  <tr key={run.metadata?.uid}>
                    <td>
                      <Phase phase={phaseName(run.status?.phase)} />
                    </td>
                    <td>
                      <Link
                        to="/workflows/$namespace/$name"
                        params={{
                          namespace: run.metadata?.namespace ?? namespace,
                          name: run.metadata?.name ?? "",
                        }}
                        search={{}}
                      >
                        {run.metadata?.name}
                      </Link>
                    </td>
                    <td>{ago(run.status?.startedAt, now)}</td>
                    <td>{duration(seconds(run.status?.startedAt, run.status?.finishedAt, now))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Link to="/workflows/$namespace" params={{ namespace }} search={{ label: [label] }}>
            All of them
          </Link>
        </>
      )}
    </section>
  );
}
