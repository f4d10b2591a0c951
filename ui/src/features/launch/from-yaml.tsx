import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { createRun, lintRun } from "../../api/workflows";
import { EXAMPLE } from "./example";

const Editor = lazy(() => import("../../editor/editor"));

/** Write or paste a manifest; it is checked while it is written. */
export function FromYaml({ namespace }: { namespace: string }) {
  const navigate = useNavigate();
  const [text, setText] = useState(EXAMPLE);
  const [problem, setProblem] = useState("");
  const submit = async (): Promise<void> => {
    try {
      const { readManifest } = await import("../../editor/lint");
      const run = await createRun(namespace, readManifest(text));
      await navigate({
        to: "/workflows/$namespace/$name",
        params: { namespace, name: run.metadata?.name ?? "" },
        search: {},
      });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className="yaml">
      <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading the editor" />}>
        <Editor
          label="Workflow manifest"
          text={EXAMPLE}
          change={setText}
          lint={async (now) =>
            (await import("../../editor/lint")).lintText(now, (manifest) => lintRun(namespace, manifest))
          }
          complete={async (path) => (await import("../../editor/schema")).fieldsAt("Workflow", path)}
        />
      </Suspense>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={() => void submit()}>
          Start
        </button>
      </div>
    </div>
  );
}
