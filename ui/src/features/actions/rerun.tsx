import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { hasFailed } from "../../api/phases";
import { reasonOf } from "../../api/reason";
import { resubmitRun, type RetryOptions, retryRun } from "../../api/workflows";
import { Dialog } from "../../components/dialog";
import { say } from "../../components/toast";
import { useRunView } from "../run/context";
import { parametersOf } from "../run/parameters";
import { nodesPicked } from "../run/picks";
import { changedParameters } from "./changed-parameters";
import { NodePicks } from "./node-picks";
import { withHints } from "./parameter-kind";
import { Parameters } from "./parameters-fields";
import { RetryPreview } from "./retry-preview";
import { useTold } from "./use-told";

const SCOPES = [
  ["failed", "What failed"],
  ["all", "Everything"],
  ["nodes", "Chosen nodes only"],
  ["some", "What failed, and nodes that a selector names"],
] as const;

interface Props {
  verb: "retry" | "resubmit";
  /** Retry only this node, even when it succeeded. */
  node?: { id: string; name: string };
  /** Retry the nodes that are chosen together; a run that succeeded has nothing else. */
  picking?: boolean;
  onClose: () => void;
}

/** Run again: what failed, from one node, or all anew, with other parameters if wanted. */
export function RerunDialog({ verb, node, picking = false, onClose }: Props) {
  const { run, model, search, change } = useRunView();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const [scope, setScope] = useState<(typeof SCOPES)[number][0]>(picking ? "nodes" : "failed");
  const [selector, setSelector] = useState("");
  const [memoized, setMemoized] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const failed = hasFailed(run.status?.phase);
  const told = useTold(run);
  const parameters = withHints(parametersOf(run, told?.parameters), told?.annotations);
  const picked = nodesPicked(search.nodes, model);
  const nothing = !node && scope === "nodes" && picked.length === 0;
  // A selector that is being written is asked for when it is a whole one.
  const chosen = scope === "all" ? "phase=Succeeded" : scope === "some" ? selector.trim() : "";
  const options: RetryOptions = node
    ? { restartSuccessful: true, nodeFieldSelector: `id=${node.id}` }
    : scope === "nodes"
      ? { nodes: picked }
      : chosen.includes("=")
        ? { restartSuccessful: true, nodeFieldSelector: chosen }
        : {};
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const changed = changedParameters(parameters, values);
    try {
      if (verb === "resubmit") {
        const made = await resubmitRun(run, { memoized, parameters: changed });
        onClose();
        await navigate({
          to: "/workflows/$namespace/$name",
          params: { namespace, name: made.metadata?.name ?? name },
          search: {},
        });
      } else {
        await retryRun(run, { ...options, parameters: changed });
        onClose();
        if (options.nodes) change({ nodes: undefined });
        await client.invalidateQueries({ queryKey: ["run", namespace, name] });
      }
      say(verb === "retry" ? "It runs again" : "A new run was started");
    } catch (error) {
      setProblem(reasonOf(error));
      setBusy(false);
    }
  };
  const title =
    verb === "resubmit" ? `Resubmit ${name}` : node ? `Run again from ${node.name}` : `Retry ${name}`;
  return (
    <Dialog title={title} wide={verb === "retry"} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {verb === "retry" ? (
          <>
            {!node && failed && (
              <div role="radiogroup" aria-label="What to run again" className="choices">
                {SCOPES.map(([each, label]) => (
                  <label key={each} className="check">
                    <input
                      type="radio"
                      name="scope"
                      checked={scope === each}
                      onChange={() => setScope(each)}
                    />
                    {label}
                  </label>
                ))}
              </div>
            )}
            {!node && scope === "nodes" && <NodePicks />}
            {!node && scope === "some" && (
              <label className="field">
                Nodes that also run again
                <input
                  className="input mono"
                  placeholder="templateName=train"
                  value={selector}
                  onChange={(event) => setSelector(event.target.value)}
                />
              </label>
            )}
            <RetryPreview options={options} picking={!node && scope === "nodes"} nothing={nothing} />
          </>
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
        {told && <Parameters parameters={parameters} values={values} change={setValues} />}
        {problem && <p role="alert">{problem}</p>}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy || nothing}>
            {verb === "retry" ? "Retry" : "Resubmit"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
