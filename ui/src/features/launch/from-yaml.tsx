import { useNavigate } from "@tanstack/react-router";
import { createRun, lintRun } from "../../api/workflows";
import { ManifestEditor } from "../definitions/manifest-editor";
import { EXAMPLE } from "./example";

/** Write or paste a manifest; it is checked while it is written. */
export function FromYaml({ namespace }: { namespace: string }) {
  const navigate = useNavigate();
  return (
    <ManifestEditor
      kind="Workflow"
      draft="new Workflow"
      text={EXAMPLE}
      lint={(manifest) => lintRun(namespace, manifest)}
      save={async (manifest) => {
        const run = await createRun(namespace, manifest);
        await navigate({
          to: "/workflows/$namespace/$name",
          params: { namespace, name: run.metadata?.name ?? "" },
          search: {},
        });
      }}
      label="Start"
    />
  );
}
