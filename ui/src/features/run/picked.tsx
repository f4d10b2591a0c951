import { isOver } from "../../api/phases";
import { useRunView } from "./context";
import { picksOf } from "./picks";

/** How many nodes are chosen together, and what can be done with them. */
export default function Picked() {
  const { run, search, change } = useRunView();
  const count = picksOf(search.nodes).size;
  return (
    <section className="banner picked" role="status" aria-label="Chosen nodes">
      <div className="banner-line">
        <p>
          <strong>{count === 1 ? "1 node is chosen" : `${count} nodes are chosen`}</strong>
          {!isOver(run.status?.phase) && " – they can run again when the run is over"}
        </p>
        <div className="banner-buttons">
          {isOver(run.status?.phase) && (
            <button type="button" className="button" onClick={() => change({ ask: "nodes" })}>
              Run them again…
            </button>
          )}
          <button type="button" className="button quiet" onClick={() => change({ nodes: undefined })}>
            Choose none
          </button>
        </div>
      </div>
    </section>
  );
}
