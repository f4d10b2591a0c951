import { lazy, Suspense, useState } from "react";
import { Dialog } from "../../components/dialog";

const Editor = lazy(() => import("../../editor/editor"));

interface Props {
  title: string;
  kind: string;
  text: string;
  save: (manifest: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}

/** A dialog in which an object is written and kept; what was typed stays when the server refuses it. */
export function NewObject({ title, kind, text, save, onClose }: Props) {
  const [now, setNow] = useState(text);
  const [problem, setProblem] = useState("");
  const submit = async (): Promise<void> => {
    try {
      const { readManifest } = await import("../../editor/lint");
      await save(readManifest(now));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Dialog title={title} wide onClose={onClose}>
      <div className="yaml">
        <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading the editor" />}>
          <Editor
            label="Manifest"
            text={text}
            change={setNow}
            complete={async (path) => (await import("../../editor/schema")).fieldsAt(kind, path)}
          />
        </Suspense>
        {problem && (
          <p role="alert" className="bad-text">
            {problem}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button primary" onClick={() => void submit()}>
            Create
          </button>
        </div>
      </div>
    </Dialog>
  );
}
