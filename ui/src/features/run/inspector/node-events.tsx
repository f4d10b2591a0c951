import { useRunView } from "../context";
import { useHappenings } from "../happenings";
import type { RunNode } from "../model";

/** What happened to one node, with its attempts. */
export function NodeEvents({ node }: { node: RunNode }) {
  const { run } = useRunView();
  const ids = new Set([node.id, ...node.attempts.map((status) => status.id)]);
  const mine = useHappenings(run).filter((each) => ids.has(each.node));
  if (mine.length === 0) return <p className="dim">Nothing was told of this node.</p>;
  return (
    <ul className="attempts">
      {mine.map((each, at) => (
        <li key={at}>
          <time className="dim" dateTime={new Date(each.at).toISOString()}>
            {new Date(each.at).toLocaleTimeString()}
          </time>
          <strong className={each.bad ? "bad-text" : undefined}>
            {each.reason.replace(/^WorkflowNode|^Workflow/, "")}
          </strong>
          <p>{each.text}</p>
        </li>
      ))}
    </ul>
  );
}
