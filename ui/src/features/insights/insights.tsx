import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import type { Figures, Insights } from "../../api/overview";
import { insightsIn } from "../../api/queries";
import { Answer } from "../../components/answer";
import { Notice } from "../../components/notice";
import { percent } from "../../components/percent";
import { saveFile } from "../../components/save-file";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { duration } from "../../components/time";
import { recordOf, useKept } from "../../components/use-kept";
import { byFailures, insightsCsv, originName, type Rates } from "./figures";
import { Scatter } from "./scatter";
import { beginOf, type InsightsSearch, WINDOWS } from "./search";
import { Steps } from "./steps";
import { UsageTable } from "./usage-table";
import "./insights.css";

const route = getRouteApi("/reports/$namespace");
const USUAL: Rates = { cpu: 0.04, memory: 0.005 };
const COLUMNS = ["From", "Runs", "Succeeded", "Half took at most", "Nine of ten at most", "Half waited"];

/** How long runs take and how often they fail, over any label and window, the archive included. */
export function InsightsPage() {
  const { namespace } = route.useParams();
  const { labels, days } = route.useSearch();
  const navigate = route.useNavigate();
  const [opened] = useState(Date.now);
  const [text, setText] = useState(labels ?? "");
  const [rates, keep] = useKept("rates", (kept): Rates => ({ ...USUAL, ...recordOf<number>(kept) }));
  const wanted = { namespace, labelSelector: labels, createdAfter: beginOf(days, opened) };
  const query = useQuery(insightsIn(wanted));
  const { data } = query;
  const go = (search: InsightsSearch): void => void navigate({ search });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    go({ labels: text.trim() || undefined, days });
  };
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
          <option value="">All runs</option>
          {WINDOWS.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
        {data && data.total.finished > 0 && (
          <button
            type="button"
            className="button"
            onClick={() => saveFile(`${namespace}-insights.csv`, "text/csv", insightsCsv(data, rates))}
          >
            Save as CSV
          </button>
        )}
      </div>
      <Answer query={query} what="runs">
        {(found) =>
          found.total.finished === 0 ? (
            <Notice title="No finished runs">Figures appear when runs are over.</Notice>
          ) : (
            <>
              {found.cut && (
                <Notice title="Not all runs are counted" tone="warning">
                  There are more than the server counts at once: the figures are of the newest.
                </Notice>
              )}
              <Tiles figures={found.total} />
              <section className="card chart" aria-label="Duration over time">
                <h2>
                  {found.runs.length < found.total.finished
                    ? `Duration of the newest ${found.runs.length} of ${found.total.finished} runs`
                    : `Duration of ${found.total.finished} runs`}
                </h2>
                <Scatter runs={found.runs} times={found.times} />
              </section>
              <Origins origins={found.origins} />
              <Steps query={wanted} />
              <UsageTable origins={found.origins} rates={rates} keep={keep} />
            </>
          )
        }
      </Answer>
    </main>
  );
}

function Tiles({ figures }: { figures: Figures }) {
  const { finished, failed, median, p90, waited } = figures;
  const tiles: [string, string][] = [
    ["Finished runs", String(finished)],
    ["Succeeded", percent(finished - failed, finished)],
    ["Half took at most", duration(median)],
    ["Nine of ten at most", duration(p90)],
    ["Half waited at most", duration(waited)],
  ];
  return (
    <dl className="tiles">
      {tiles.map(([name, value]) => (
        <div key={name} className="card tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Origins({ origins }: { origins: Insights["origins"] }) {
  return (
    <TableCard label="By origin">
      <table className="table">
        <TableHead columns={COLUMNS} />
        <tbody>
          {byFailures(origins).map((row) => (
            <tr key={originName(row)}>
              <th scope="row">{originName(row)}</th>
              <td className="number">{row.finished}</td>
              <td className="number">{percent(row.finished - row.failed, row.finished)}</td>
              <td className="number">{duration(row.median)}</td>
              <td className="number">{duration(row.p90)}</td>
              <td className="number">{duration(row.waited)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}
