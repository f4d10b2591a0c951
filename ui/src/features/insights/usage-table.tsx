import type { Insights } from "../../api/overview";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { byUsage, coreHours, costOf, gibHours, originName, type Rates } from "./figures";

const FIELDS = [
  ["cpu", "An hour of a core costs"],
  ["memory", "An hour of a GiB costs"],
] as const;

interface Props {
  origins: Insights["origins"];
  rates: Rates;
  keep: (rates: Rates) => void;
}

/** Core and memory hours by origin, and their cost at rates that somebody keeps. */
export function UsageTable({ origins, rates, keep }: Props) {
  const rows = byUsage(origins);
  if (rows.length === 0) return null;
  return (
    <section aria-label="Usage" className="usage">
      <div className="page-head">
        <h2>Usage</h2>
        {FIELDS.map(([field, title]) => (
          <label key={field} className="rate">
            {title}
            <input
              className="input"
              type="number"
              step="any"
              min="0"
              key={rates[field]}
              defaultValue={rates[field]}
              onBlur={(event) => {
                const wanted = Number(event.target.value) || 0;
                if (wanted !== rates[field]) keep({ ...rates, [field]: wanted });
              }}
            />
          </label>
        ))}
      </div>
      <TableCard label="Usage by origin">
        <table className="table">
          <TableHead columns={["From", "Runs", "Core hours", "GiB hours", "Cost"]} />
          <tbody>
            {rows.map((row) => (
              <tr key={originName(row)}>
                <th scope="row">{originName(row)}</th>
                <td className="number">{row.finished}</td>
                <td className="number">{coreHours(row).toFixed(3)}</td>
                <td className="number">{gibHours(row).toFixed(3)}</td>
                <td className="number">{costOf(row, rates).toFixed(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableCard>
    </section>
  );
}
