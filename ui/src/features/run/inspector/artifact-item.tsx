import { Download, Eye } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { address, segment } from "../../../api/client";
import type { Artifact } from "../../../api/types";
import { archivedOnly } from "../../../api/workflows";
import { useRunView } from "../context";

const Preview = lazy(() => import("./preview"));

interface Props {
  side: "inputs" | "outputs";
  node: string;
  artifact: Artifact;
}

/** One artifact: show it here, or download it. */
export function ArtifactItem({ side, node, artifact }: Props) {
  const { run } = useRunView();
  const [shown, setShown] = useState(false);
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
  return (
    <section className="value">
      <header>
        <h3>{name}</h3>
        {artifact.deleted ? (
          <span className="dim">deleted</span>
        ) : (
          <>
            <button
              type="button"
              className="button quiet"
              aria-expanded={shown}
              onClick={() => setShown(!shown)}
            >
              <Eye size={14} aria-hidden />
              {shown ? "Hide" : "Show"}
            </button>
            <a className="button quiet" href={address(path)} download>
              <Download size={14} aria-hidden />
              Download
            </a>
          </>
        )}
      </header>
      <p className="dim mono">{artifact.path ?? artifact.s3?.key}</p>
      {shown && (
        <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
          <Preview path={path} name={artifact.s3?.key ?? artifact.path ?? name} />
        </Suspense>
      )}
    </section>
  );
}
