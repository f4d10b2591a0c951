import { type SubmitEvent, useState } from "react";
import { reasonOf } from "../../api/reason";
import type { WorkflowSpec } from "../../api/types";
import { type SubmitKind, submitFrom } from "../../api/workflows";
import { parameterKind, parameterProblem } from "../actions/parameter-kind";
import { Parameters } from "../actions/parameters-fields";
import { Copies } from "./copies";
import { DryRun } from "./dry-run";
import { Entrypoint, More } from "./more";
import {
  artifactsOf,
  type Choices,
  choicesProblem,
  parametersOf,
  submitOptionsOf,
  withoutSecrets,
} from "./options";
import { PresetsMenu, usePresets } from "./presets";
import { Uploads } from "./uploads";

interface Props {
  namespace: string;
  kind: SubmitKind;
  name: string;
  spec: WorkflowSpec;
  annotations: Readonly<Record<string, string>>;
  first: Choices;
  started: (name: string) => void;
}

/** The form of one template: parameters with their types, files, what is rarely changed, and the same in other words. */
export function LaunchForm({ namespace, kind, name, spec, annotations, first, started }: Props) {
  const [choices, setChoices] = useState(first);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [trying, setTrying] = useState(false);
  const [presets, keepPresets] = usePresets(`${namespace}/${kind}/${name}`);
  const parameters = parametersOf(spec, choices.entryPoint, annotations);
  const options = submitOptionsOf(spec, choices);
  const shareable = withoutSecrets(choices, parameters);
  // A file is of one run.
  const kept = { ...shareable, artifacts: {} };
  const valid = (): boolean => {
    const wrong = parameters.filter((each) => parameterProblem(each, choices.values[each.name ?? ""]) !== "");
    const found = wrong.length
      ? `These values cannot be sent: ${wrong.map((each) => each.name ?? "").join(", ")}`
      : choicesProblem(choices);
    setProblem(found);
    return found === "";
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!valid()) return;
    setBusy(true);
    try {
      const run = await submitFrom(namespace, kind, name, options);
      keepPresets({ ...presets, "Last used": kept });
      started(run.metadata?.name ?? "");
    } catch (error) {
      setProblem(reasonOf(error));
      setBusy(false);
    }
  };
  return (
    <form className="launch-form" onSubmit={(event) => void submit(event)}>
      <Entrypoint spec={spec} choices={choices} change={setChoices} />
      <Parameters
        parameters={parameters}
        values={choices.values}
        change={(values) => setChoices({ ...choices, values })}
      />
      <Uploads
        namespace={namespace}
        template={name}
        artifacts={kind === "WorkflowTemplate" ? artifactsOf(spec) : []}
        keys={choices.artifacts}
        change={(artifacts) => setChoices({ ...choices, artifacts })}
      />
      <details>
        <summary>More</summary>
        <div className="launch-form">
          <More choices={choices} change={setChoices} />
          <Copies
            start={{ namespace, kind, name, options: submitOptionsOf(spec, shareable) }}
            secrets={parameters.some((each) => parameterKind(each) === "secret")}
          />
        </div>
      </details>
      {problem && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <PresetsMenu presets={presets} keep={keepPresets} choices={kept} choose={setChoices} />
        <button type="button" className="button" onClick={() => setTrying(valid())}>
          Dry run
        </button>
        <button type="submit" className="button primary" disabled={busy}>
          Start
        </button>
      </div>
      {trying && (
        <DryRun
          read={() => submitFrom(namespace, kind, name, { ...options, serverDryRun: true })}
          onClose={() => setTrying(false)}
        />
      )}
    </form>
  );
}
