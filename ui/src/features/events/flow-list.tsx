import { Link } from "@tanstack/react-router";
import { hasFailed } from "../../api/phases";
import type { Workflow } from "../../api/types";
import { useNow } from "../../components/now";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { ago } from "../../components/time";
import { RunStrip } from "../definitions/run-strip";
import type { Way } from "./flow";
import { EVENT_PAGES } from "./pages";

const HOUR = 3_600_000;

/** The flow of events in words: what waits for what, what it starts, and how often it did. */
export function FlowList({ ways }: { ways: readonly Way[] }) {
  const now = useNow();
  return (
    <TableCard label="What events start">
      <table className="table">
        <TableHead
          columns={[
            "Name",
            "Started",
            "In the last hour",
            "Failed",
            "Last",
            "Last runs",
            "Waits for",
            "Starts",
          ]}
        />
        <tbody>
          {ways.map((way) => {
            const young = way.runs.filter(
              (run) => Date.parse(run.metadata?.creationTimestamp ?? "") > now - HOUR,
            );
            return (
              <tr key={`${way.kind}/${way.namespace}/${way.name}`}>
                <th scope="row">
                  <Link to={EVENT_PAGES[way.kind].to} params={{ namespace: way.namespace, name: way.name }}>
                    {way.name}
                  </Link>{" "}
                  <span className="dim">{EVENT_PAGES[way.kind].one}</span>
                </th>
                <td className="number">{way.runs.length}</td>
                <td className="number">{young.length}</td>
                <td className="number">{way.runs.filter((run) => hasFailed(run.status?.phase)).length}</td>
                <td>
                  <Newest run={way.runs[0]} now={now} />
                </td>
                <td>
                  <RunStrip runs={way.runs.slice(0, 20)} now={now} />
                </td>
                <td className="mono">{way.waits}</td>
                <td>{way.starts}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableCard>
  );
}

/** The newest run, by its age. */
function Newest({ run, now }: { run: Workflow | undefined; now: number }) {
  const { namespace, name, creationTimestamp } = run?.metadata ?? {};
  if (!namespace || !name) return <span className="dim">–</span>;
  return (
    <Link to="/workflows/$namespace/$name" params={{ namespace, name }} search={{}} title={name}>
      {ago(creationTimestamp, now)}
    </Link>
  );
}
