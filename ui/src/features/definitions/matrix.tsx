import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listWithNodes } from "../../api/workflows";
import { Answer } from "../../components/answer";
import { Phase, phaseName } from "../../components/phase";
import { momentText } from "../../components/time";
import { timeStyle } from "../../components/time-style";
import { TableCard } from "../../components/table-card";
import { columnTimes } from "./column-times";
import { matrixOf } from "./matrix-of";

const RUNS = 12;
/** Steps that are drawn; a run may have thousands. */
const STEPS = 60;

/** The steps of the newest runs with a label: a row for each step, a column for each run, oldest first. */
export function Matrix({ namespace, label }: { namespace: string; label: string }) {
  const query = useQuery({
    queryKey: ["matrix", namespace, label],
    queryFn: ({ signal }) => listWithNodes(namespace, label, RUNS, signal),
    refetchInterval: 10_000,
  });
  return (
    <Answer query={query} what="runs">
      {(list) => {
        const runs = [...(list.items ?? [])].reverse();
        const rows = matrixOf(runs);
        const times = columnTimes(
          runs.map((run) => run.status?.startedAt),
          timeStyle(),
        );
        if (rows.length === 0) return <p className="dim">No run has had a step yet.</p>;
        return (
          <TableCard label="Steps of the last runs">
            <table className="table matrix">
              <thead>
                <tr>
                  <th scope="col">Step</th>
                  {runs.map((run, at) => (
                    <th key={run.metadata?.uid} scope="col">
                      <Link
                        to="/workflows/$namespace/$name"
                        params={{
                          namespace: run.metadata?.namespace ?? namespace,
                          name: run.metadata?.name ?? "",
                        }}
                        search={{}}
                        aria-label={`${run.metadata?.name ?? ""}: ${phaseName(run.status?.phase)}`}
                        title={[run.metadata?.name, momentText(run.status?.startedAt)].join("\n")}
                      >
                        <Phase phase={phaseName(run.status?.phase)} bare />
                        <span className="dim">{times[at]}</span>
                      </Link>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, STEPS).map(({ step, cells }) => (
                  <tr key={step}>
                    <th scope="row">{step}</th>
                    {cells.map((cell, at) => (
                      <td key={runs[at]?.metadata?.uid}>
                        {cell && (
                          <Link
                            to="/workflows/$namespace/$name"
                            params={{
                              namespace: runs[at]?.metadata?.namespace ?? namespace,
                              name: runs[at]?.metadata?.name ?? "",
                            }}
                            search={{ nodeId: cell.id }}
                            title={`${step} in ${runs[at]?.metadata?.name ?? ""}: ${cell.phase}`}
                            aria-label={`${step} in ${runs[at]?.metadata?.name ?? ""}: ${cell.phase}`}
                          >
                            <Phase phase={cell.phase} bare />
                            {cell.count > 1 && <span className="dim">{cell.count}</span>}
                          </Link>
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
            {rows.length > STEPS && <p className="dim">{rows.length - STEPS} more steps</p>}
          </TableCard>
        );
      }}
    </Answer>
  );
}
