import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { newestRuns } from "../../api/queries";
import { Answer } from "../../components/answer";
import { Notice } from "../../components/notice";
import { percent } from "../../components/percent";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { duration } from "../../components/time";
import { Scatter } from "./scatter";
import { figuresByOrigin, figuresOf, pointsOf } from "./figures";
import { beginOf, type InsightsSearch, WINDOWS } from "./search";
import { UsageTable } from "./usage-table";
import "./insights.css";

const route = getRouteApi("/reports/$namespace");
const MOST = 500;

/** How long runs take and how often they fail, over any label. */
export function InsightsPage() {
  const { namespace } = route.useParams();
  const { labels, days } = route.useSearch();
  const navigate = route.useNavigate();
  const [opened] = useState(Date.now);
  const [text, setText] = useState(labels ?? "");
  const query = useQuery(newestRuns(namespace, MOST, labels, beginOf(days, opened)));
  const points = pointsOf(query.data?.items ?? []);
  const figures = figuresOf(points);
  const go = (search: InsightsSearch): void => void navigate({ search });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    go({ labels: text.trim() || undefined, days });
  };
  const tiles: [string, string][] = [
    ["Finished runs", String(figures.finished)],
    ["Succeeded", percent(figures.finished - figures.failed, figures.finished)],
    ["Half took at most", duration(figures.median)],
    ["Nine of ten at most", duration(figures.p90)],
  ];
  return (
    <main className="page">
      <div className="page-head">
        <h1>Insights</h1>
        <form role="search" onSubmit={submit}>
          <input
            className="input"
            aria-label="Labels"
            placeholder="Labels, e.g. team=ml"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </form>
        <select
          className="input"
          aria-label="Window"
          value={days ?? ""}
          onChange={(event) => go({ labels, days: event.target.value || undefined })}
        >
          <option value="">Newest {MOST} runs</option>
          {WINDOWS.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <Answer query={query} what="runs">
        {(list) =>
          points.length === 0 ? (
            <Notice title="No finished runs">Figures appear when runs are over.</Notice>
          ) : (
            <>
              <dl className="tiles">
                {tiles.map(([name, value]) => (
                  <div key={name} className="card tile">
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
              <section className="card chart" aria-label="Duration over time">
                <h2>Duration of the last {points.length} runs</h2>
                <Scatter points={points} namespace={namespace} />
              </section>
              <TableCard label="By origin">
                <table className="table">
                  <TableHead
                    columns={["From", "Runs", "Succeeded", "Half took at most", "Nine of ten at most"]}
                  />
                  <tbody>
                    {figuresByOrigin(list.items ?? []).map((row) => (
                      <tr key={row.name}>
                        <th scope="row">{row.name}</th>
                        <td className="number">{row.finished}</td>
                        <td className="number">{percent(row.finished - row.failed, row.finished)}</td>
                        <td className="number">{duration(row.median)}</td>
                        <td className="number">{duration(row.p90)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </TableCard>
              <UsageTable runs={list.items ?? []} />
            </>
          )
        }
      </Answer>
    </main>
  );
}
