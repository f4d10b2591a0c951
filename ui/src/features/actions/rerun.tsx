import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { resubmitRun, retryRun } from "../../api/workflows";
import { Dialog } from "../../components/dialog";
import { say } from "../../components/toast";
import { useRunView } from "../run/context";
import { changedParameters } from "./changed-parameters";
import { Parameters } from "./parameters-fields";
import { RetryPreview } from "./retry-preview";

interface Props {
  verb: "retry" | "resubmit";
  /** Retry only this node, even when it succeeded. */
  node?: { id: string; name: string };
  onClose: () => void;
}

/** Run again: what failed, from one node, or all anew, with other parameters if wanted. */
export function RerunDialog({ verb, node, onClose }: Props) {
  const { run } = useRunView();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const [memoized, setMemoized] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const failed = ["Failed", "Error"].includes(run.status?.phase ?? "");
  const parameters = run.spec?.arguments?.parameters ?? [];
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const changed = changedParameters(parameters, values);
    try {
      if (verb === "resubmit") {
        const made = await resubmitRun(namespace, name, { memoized, parameters: changed });
        onClose();
        await navigate({
          to: "/workflows/$namespace/$name",
          params: { namespace, name: made.metadata?.name ?? name },
          search: {},
        });
      } else {
        const some = node ? { restartSuccessful: true, nodeFieldSelector: `id=${node.id}` } : {};
        await retryRun(namespace, name, { ...some, parameters: changed });
        onClose();
        await client.invalidateQueries({ queryKey: ["run", namespace, name] });
      }
      say(verb === "retry" ? "It runs again" : "A new run was started");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  const title =
    verb === "resubmit" ? `Resubmit ${name}` : node ? `Run again from ${node.name}` : `Retry ${name}`;
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {verb === "retry" ? (
          <RetryPreview node={node?.id} />
        ) : (
          <p>Starts a new run with the same manifest; this one stays as it is.</p>
        )}
        {verb === "resubmit" && failed && (
          <label>
            <input
              type="checkbox"
              checked={memoized}
              onChange={(event) => setMemoized(event.target.checked)}
            />{" "}
            Keep what succeeded (memoized)
          </label>
        )}
        <Parameters parameters={parameters} values={values} change={setValues} />
        {problem && <p role="alert">{problem}</p>}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {verb === "retry" ? "Retry" : "Resubmit"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
