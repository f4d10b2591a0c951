import { segment } from "../../../api/client";
import type { Artifact } from "../../../api/types";
import { archivedOnly } from "../../../api/workflows";
import { useRunView } from "../context";
import { StoredFile } from "./stored-file";

interface Props {
  side: "inputs" | "outputs";
  node: string;
  artifact: Artifact;
}

/** One artifact: show it here, or download it. */
export function ArtifactItem({ side, node, artifact }: Props) {
  const { run } = useRunView();
  const { metadata } = run;
  const name = artifact.name ?? "";
  const archived = archivedOnly(run);
  const path = [
    "artifact-files",
    metadata?.namespace ?? "",
    archived ? "archived-workflows" : "workflows",
    (archived ? metadata?.uid : metadata?.name) ?? "",
    node,
    side,
    name,
  ]
    .map(segment)
    .join("/");
  if (artifact.deleted)
    return (
      <section className="value">
        <header>
          <h3>{name}</h3>
          <span className="dim">deleted</span>
        </header>
      </section>
    );
  return (
    <StoredFile
      title={name}
      path={path}
      name={artifact.s3?.key ?? artifact.path ?? name}
      hint={<p className="dim mono">{artifact.path ?? artifact.s3?.key}</p>}
    />
  );
}
