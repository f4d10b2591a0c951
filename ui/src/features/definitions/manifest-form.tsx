import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { say } from "../../components/toast";

const Editor = lazy(() => import("../../editor/editor"));

interface Props {
  kind: string;
  object: { metadata?: object };
  lint: (manifest: unknown) => Promise<unknown>;
  save: (manifest: Record<string, unknown>) => Promise<void>;
}

/** An object's YAML to edit; findings appear while it is written, a refusal keeps what was typed. */
export function ManifestForm({ kind, object, lint, save }: Props) {
  // The editor keeps the text that it began with: an object that changed meanwhile is refused by the server.
  const [first] = useState(object);
  const text = useQuery({
    queryKey: ["yaml", kind, JSON.stringify(first)],
    queryFn: async () => {
      const { stringify } = await import("yaml");
      const { managedFields: _fields, ...metadata } = (first.metadata ?? {}) as Record<string, unknown>;
      return stringify({ apiVersion: "argoproj.io/v1alpha1", kind, ...first, metadata });
    },
    staleTime: Infinity,
  });
  const [now, setNow] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const submit = async (): Promise<void> => {
    setProblem("");
    try {
      const { readManifest } = await import("../../editor/lint");
      const manifest = readManifest(now ?? "");
      const { metadata } = manifest;
      // Each save makes a new version: the one that the editor began with would be refused the second time.
      if (typeof metadata === "object" && metadata !== null && "resourceVersion" in metadata) {
        const current = (object.metadata ?? {}) as { resourceVersion?: string };
        metadata.resourceVersion = current.resourceVersion;
      }
      await save(manifest);
      setNow(null);
      say("Saved");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  if (text.data === undefined) return <div className="skeleton" role="status" aria-label="Loading" />;
  return (
    <div className="yaml">
      <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading the editor" />}>
        <Editor
          label="Manifest"
          text={text.data}
          change={setNow}
          lint={async (written) => (await import("../../editor/lint")).lintText(written, lint)}
          complete={async (path) => (await import("../../editor/schema")).fieldsAt(kind, path)}
        />
      </Suspense>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <button
          type="button"
          className="button primary"
          disabled={now === null}
          onClick={() => void submit()}
        >
          Save
        </button>
      </div>
    </div>
  );
}
