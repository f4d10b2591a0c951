import { archivedOnly } from "../../api/workflows";
import { artifactsNotDeleted } from "./conditions";
import { useRunView } from "./context";

/** What is to be known of the run before anything else: it is gone, or its artifacts could not be deleted. */
export function Warnings({ gone }: { gone: boolean }) {
  const { run } = useRunView();
  const kept = artifactsNotDeleted(run);
  return (
    <>
      {gone && (
        <p className="banner plain" role="status">
          {archivedOnly(run)
            ? "This run was deleted: the page shows what the archive keeps of it."
            : "This run was deleted: the page shows what was last known of it."}
        </p>
      )}
      {!gone && archivedOnly(run) && (
        <p className="banner plain" role="status">
          This run is kept in the archive only.
        </p>
      )}
      {kept !== undefined && (
        <p className="banner plain" role="alert">
          <strong>Artifact garbage collection failed</strong>
          {kept && `: ${kept}`}
        </p>
      )}
    </>
  );
}
