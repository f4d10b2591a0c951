import type { NodeStatus } from "../api/types";
import { useNow } from "../components/now";
import { doneOf } from "./done";

/** How far a node is that runs, as a ring; nothing where nothing says so. */
export function Ring({ status }: { status: NodeStatus }) {
  const done = doneOf(status, useNow());
  if (done === null) return null;
  const text = `${Math.round(100 * done)} %`;
  return (
    <svg className="box-ring" viewBox="0 0 16 16" role="img" aria-label={text}>
      <title>{text}</title>
      <circle cx="8" cy="8" r="6" />
      <circle cx="8" cy="8" r="6" pathLength="100" strokeDasharray={`${100 * done} 100`} />
    </svg>
  );
}
