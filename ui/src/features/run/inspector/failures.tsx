import { hasFailed } from "../../../api/phases";
import { itemsOf } from "../../../graph/facets";
import { useRunView } from "../context";
import { logOf } from "../log-of";
import type { RunNode } from "../model";

const FAILED = ["Failed", "Error"];
/** So many are named; the table has them all. */
const FIRST = 5;

/** The items of a loop that failed first. */
export function Failures({ loop }: { loop: RunNode }) {
  const { model, change } = useRunView();
  const failed = loop.inside
    .flatMap((id) => model.nodes.get(id) ?? [])
    .filter((node) => hasFailed(node.phase))
    .sort((a, b) => (a.status.finishedAt ?? "~").localeCompare(b.status.finishedAt ?? "~"));
  if (failed.length === 0) return null;
  return (
    <section>
      <h3>First failures</h3>
      <ul className="attempts">
        {failed.slice(0, FIRST).map((node) => (
          <li key={node.id}>
            <button type="button" className="link" onClick={() => change({ nodeId: node.id })}>
              {node.name}
            </button>
            <button
              type="button"
              className="link"
              onClick={() => change({ sidePanel: logOf(node.status), line: undefined })}
            >
              log
            </button>
            {node.status.message && <p>{node.status.message}</p>}
          </li>
        ))}
      </ul>
      {failed.length > FIRST && (
        <button
          type="button"
          className="link"
          onClick={() =>
            change({
              tab: "table",
              q: undefined,
              only: FAILED.map((phase) => itemsOf(loop.id, phase)).join(","),
            })
          }
        >
          All {failed.length} in the table
        </button>
      )}
    </section>
  );
}
