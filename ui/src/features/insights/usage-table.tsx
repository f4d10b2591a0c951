import type { Workflow } from "../../api/types";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { recordOf, useKept } from "../../components/use-kept";
import { costOf, type Rates, usageByOrigin } from "./usage";

const USUAL: Rates = { cpu: 0.04, memory: 0.005 };
const FIELDS = [
  ["cpu", "An hour of a core costs"],
  ["memory", "An hour of a GiB costs"],
] as const;

/** Core and memory hours by origin, and their cost at rates that somebody keeps. */
export function UsageTable({ runs }: { runs: readonly Workflow[] }) {
  const [rates, keep] = useKept("rates", (kept): Rates => ({ ...USUAL, ...recordOf<number>(kept) }));
  const rows = usageByOrigin(runs);
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
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td className="number">{row.runs}</td>
                <td className="number">{row.cpu.toFixed(3)}</td>
                <td className="number">{row.memory.toFixed(3)}</td>
                <td className="number">{costOf(row, rates).toFixed(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableCard>
    </section>
  );
}
