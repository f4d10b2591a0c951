import { type SubmitEvent, useState } from "react";
import type { Parameter, WorkflowSpec } from "../../api/types";
import { type SubmitKind, submitFrom } from "../../api/workflows";
import { changedParameters } from "../actions/changed-parameters";
import { parameterProblem } from "../actions/parameter-kind";
import { Parameters } from "../actions/parameters-fields";
import { commandOf } from "./command";

interface Props {
  namespace: string;
  kind: SubmitKind;
  name: string;
  spec: WorkflowSpec;
  given: Record<string, string>;
  started: (name: string) => void;
}

/** The form of one template: its parameters with their types, entrypoint and labels, and the same as a command. */
export function LaunchForm({ namespace, kind, name, spec, given, started }: Props) {
  const [values, setValues] = useState(given);
  const [entryPoint, setEntryPoint] = useState(spec.entrypoint ?? "");
  const [labels, setLabels] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const parameters = parametersOf(spec, entryPoint);
  const invalid = parameters.filter((each) => parameterProblem(each, values[each.name ?? ""]) !== "");
  const changed = changedParameters(parameters, values);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (invalid.length > 0) {
      setProblem(`Please look at ${invalid.map((each) => each.name ?? "").join(", ")}`);
      return;
    }
    setBusy(true);
    try {
      const run = await submitFrom(namespace, kind, name, {
        parameters: changed,
        ...(entryPoint && entryPoint !== spec.entrypoint ? { entryPoint } : {}),
        ...(labels ? { labels } : {}),
      });
      started(run.metadata?.name ?? "");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  const entries = (spec.templates ?? []).map((template) => template.name ?? "").filter(Boolean);
  return (
    <form className="launch-form" onSubmit={(event) => void submit(event)}>
      <Parameters parameters={parameters} values={values} change={setValues} />
      <details>
        <summary>More</summary>
        <div className="launch-form">
          {entries.length > 1 && (
            <label className="field">
              Entrypoint
              <select
                className="input"
                value={entryPoint}
                onChange={(event) => setEntryPoint(event.target.value)}
              >
                {entries.map((entry) => (
                  <option key={entry}>{entry}</option>
                ))}
              </select>
            </label>
          )}
          <label className="field">
            Labels
            <input
              className="input"
              placeholder="team=ml,stage=test"
              value={labels}
              onChange={(event) => setLabels(event.target.value)}
            />
          </label>
          <p>The same as a command:</p>
          <pre className="command">{commandOf(namespace, kind, name, changed, labels)}</pre>
        </div>
      </details>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <button type="submit" className="button primary" disabled={busy}>
          Start
        </button>
      </div>
    </form>
  );
}

/** The workflow's parameters, then those of the entrypoint that have no value. */
function parametersOf(spec: WorkflowSpec, entryPoint: string): Parameter[] {
  const own = spec.arguments?.parameters ?? [];
  const inputs = spec.templates?.find((template) => template.name === entryPoint)?.inputs?.parameters ?? [];
  const known = new Set(own.map((parameter) => parameter.name));
  return [...own, ...inputs.filter((each) => !known.has(each.name) && each.value === undefined)];
}
