import { useMemo } from "react";
import type { Artifact, NodeStatus, Workflow } from "../../../api/types";
import { useRunView } from "../context";
import { ArtifactItem } from "../inspector/artifact-item";

/** So many are named; the inspector has those of each node. */
const SHOWN = 50;

interface Written {
  node: NodeStatus;
  artifact: Artifact;
}

/** What the nodes of a run wrote, without logs: innermost nodes only, for groups pass on what those wrote. */
function writtenIn(run: Workflow): Written[] {
  return Object.values(run.status?.nodes ?? {})
    .filter((node) => ["Pod", "HTTP", "Plugin"].includes(node.type ?? ""))
    .flatMap((node) => (node.outputs?.artifacts ?? []).map((artifact) => ({ node, artifact })))
    .filter(({ artifact }) => !artifact.name?.endsWith("-logs"));
}

/** The artifacts of all nodes. */
export function AllArtifacts() {
  const { run, change } = useRunView();
  const written = useMemo(() => writtenIn(run), [run]);
  return (
    <section>
      <h2>Artifacts</h2>
      {written.length === 0 && <p className="dim">No node wrote any.</p>}
      {written.slice(0, SHOWN).map(({ node, artifact }) => (
        <div key={`${node.id ?? ""}/${artifact.name ?? ""}`}>
          <button
            type="button"
            className="link"
            onClick={() => change({ nodeId: node.id, nodePanelView: "outputs" })}
          >
            {node.displayName}
          </button>
          <ArtifactItem side="outputs" node={node.id ?? ""} artifact={artifact} />
        </div>
      ))}
      {written.length > SHOWN && (
        <p className="dim">and {written.length - SHOWN} more: choose a node to see its own.</p>
      )}
    </section>
  );
}
