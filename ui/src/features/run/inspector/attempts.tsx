import { Phase, phaseName } from "../../../components/phase";
import { useNow } from "../../../components/now";
import { duration, seconds } from "../../../components/time";
import { useRunView } from "../context";
import { logOf } from "../log-of";
import type { RunNode } from "../model";

/** The attempts of a step with a retry strategy, newest first. */
export function Attempts({ node }: { node: RunNode }) {
  const { change } = useRunView();
  const now = useNow();
  if (node.attempts.length === 0) return null;
  return (
    <section>
      <h3>Attempts</h3>
      <ul className="attempts">
        {[...node.attempts].reverse().map((status) => (
          <li key={status.id}>
            <Phase phase={phaseName(status.phase)} />
            <button type="button" className="link" onClick={() => change({ nodeId: status.id })}>
              {status.displayName}
            </button>
            <span className="dim">{duration(seconds(status.startedAt, status.finishedAt, now))}</span>
            <button
              type="button"
              className="link"
              onClick={() => change({ sidePanel: logOf(status), line: undefined })}
            >
              log
            </button>
            {status.message && <p>{status.message}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
