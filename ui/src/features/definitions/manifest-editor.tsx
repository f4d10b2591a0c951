import { lazy, Suspense, useRef, useState } from "react";
import { reasonOf } from "../../api/reason";
import { Dialog } from "../../components/dialog";
import { Diff } from "../../components/diff";
import type { ServerLint } from "../../editor/lint";
import "./definitions.css";

const Editor = lazy(() => import("../../editor/editor"));

interface Props {
  kind: string;
  /** The text that the editor begins with. */
  text: string;
  lint: ServerLint;
  save: (manifest: Record<string, unknown>) => Promise<void>;
  /** What the button says. */
  label: string;
  /** The button waits for a change. */
  changedOnly?: boolean;
}

/** YAML with completion and live findings, and a button that keeps it; what was typed stays when it is refused. */
export function ManifestEditor({ kind, text, lint, save, label, changedOnly = false }: Props) {
  const [now, setNow] = useState<string | null>(null);
  const [saved, setSaved] = useState(text);
  const [comparing, setComparing] = useState(false);
  const [problem, setProblem] = useState("");
  const [findings, setFindings] = useState<number | null>(null);
  const last = useRef(0);
  const check = async (written: string) => {
    const turn = ++last.current;
    const found = await (await import("../../editor/lint")).lintText(written, lint);
    if (turn === last.current) setFindings(found.length);
    return found;
  };
  const submit = async (): Promise<void> => {
    setProblem("");
    try {
      const { readManifest } = await import("../../editor/lint");
      const written = now ?? saved;
      await save(readManifest(written));
      setSaved(written);
      // What is typed while it is saved is another change.
      setNow((later) => (later === written ? null : later));
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  return (
    <div className="yaml">
      <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading the editor" />}>
        <Editor
          label="Manifest"
          text={text}
          change={setNow}
          lint={check}
          complete={async (path) => (await import("../../editor/schema")).fieldsAt(kind, path)}
        />
      </Suspense>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <span role="status" className={findings ? "lint-state bad-text" : "lint-state dim"}>
          {findings === null
            ? ""
            : findings === 0
              ? "No findings"
              : findings === 1
                ? "1 finding"
                : `${findings} findings`}
        </span>
        {changedOnly && (
          <button type="button" className="button" disabled={now === null} onClick={() => setComparing(true)}>
            Show changes
          </button>
        )}
        <button
          type="button"
          className="button primary"
          disabled={changedOnly && now === null}
          onClick={() => void submit()}
        >
          {label}
        </button>
      </div>
      {comparing && (
        <Dialog title="Changes" wide onClose={() => setComparing(false)}>
          <Diff label="What was changed here" before={saved} after={now ?? saved} />
        </Dialog>
      )}
    </div>
  );
}
