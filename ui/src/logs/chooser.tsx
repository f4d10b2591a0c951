import { useMemo } from "react";
import { comeTo } from "../components/come-to";
import { useRunView } from "../features/run/context";
import type { LogPlace } from "../features/run/search";

/** Longer lists help nobody: the tree finds a node among thousands. */
const MOST = 200;

/** Whose log it is: the whole run, or one of its nodes with a pod. */
export function LogChooser({ place, name }: { place: LogPlace; name: string }) {
  const { model, change } = useRunView();
  const nodes = useMemo(
    () =>
      [...model.nodes.values()]
        .filter(
          ({ kind, status, attempts }) => kind === "node" && (status.type === "Pod" || attempts.length > 0),
        )
        .slice(0, MOST),
    [model],
  );
  return (
    <select
      className="input dock-node"
      aria-label="Step"
      value={place.node}
      onChange={(event) => {
        change({ sidePanel: `logs:${event.target.value}:${place.container}`, line: undefined });
        // The other log has a chooser of its own.
        comeTo(".dock-node");
      }}
    >
      <option value="">All steps</option>
      {!nodes.some(
        ({ id, attempts }) => id === place.node || attempts.some((attempt) => attempt.id === place.node),
      ) &&
        place.node !== "" && <option value={place.node}>{name}</option>}
      {nodes.flatMap((node) => [
        <option key={node.id} value={node.id}>
          {node.name}
        </option>,
        ...(node.attempts.length > 1 ? node.attempts : []).map((attempt, at) => (
          <option key={attempt.id} value={attempt.id}>
            {node.name}, attempt {at + 1}
          </option>
        )),
      ])}
    </select>
  );
}
