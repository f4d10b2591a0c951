import { useId } from "react";
import { listOf, parameterKind, parameterProblem, presetOf, type TypedParameter } from "./parameter-kind";

interface Props {
  parameter: TypedParameter;
  value: string | undefined;
  /** Undefined: what the parameter has by itself. */
  change: (value: string | undefined) => void;
}

/** The control of one parameter, with its description, what is wrong with its value, and the way back to its default. */
export function ParameterField({ parameter, value, change }: Props) {
  const id = useId();
  const preset = presetOf(parameter);
  const problem = value === undefined ? "" : parameterProblem(parameter, value);
  const hints = [problem, problem ? "" : (parameter.description ?? ""), comesFrom(parameter)].filter(Boolean);
  return (
    <div className="field">
      <label htmlFor={id}>
        {parameter.name}
        {preset === undefined && !parameter.valueFrom && <span className="dim"> needed</span>}
      </label>
      <Control id={id} parameter={parameter} value={value} change={change} invalid={problem !== ""} />
      <span id={`${id}-hint`} className={problem ? "hint bad" : "hint"}>
        {hints.join(". ")}
        {value !== undefined && preset !== undefined && value !== preset && (
          <button
            type="button"
            className="button quiet small"
            aria-describedby={id}
            onClick={() => change(undefined)}
          >
            Use the default
          </button>
        )}
      </span>
    </div>
  );
}

interface ControlProps extends Props {
  id: string;
  invalid: boolean;
}

function Control({ id, parameter, value, change, invalid }: ControlProps) {
  const kind = parameterKind(parameter);
  const preset = presetOf(parameter);
  const shown = value ?? preset ?? "";
  const common = { id, className: "input", "aria-invalid": invalid, "aria-describedby": `${id}-hint` };
  const options = (parameter.several ?? parameter.enum ?? []).map(String);
  if (kind === "choice")
    return (
      <select {...common} value={shown} onChange={(event) => change(event.target.value)}>
        {preset === undefined && <option value="">Choose…</option>}
        {options.map((item) => (
          <option key={item}>{item}</option>
        ))}
      </select>
    );
  if (kind === "multi") {
    const chosen = listOf(shown);
    const flipped = (item: string): string[] =>
      options.filter((each) => chosen.includes(each) !== (each === item));
    return (
      <span id={id} role="group" aria-label={parameter.name} className="choices">
        {options.map((item) => (
          <label key={item} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(item)}
              onChange={() => change(JSON.stringify(flipped(item)))}
            />
            {item}
          </label>
        ))}
      </span>
    );
  }
  if (kind === "switch")
    return (
      <input
        {...common}
        className="switch"
        type="checkbox"
        role="switch"
        checked={shown === "true"}
        onChange={(event) => change(String(event.target.checked))}
      />
    );
  if (kind === "long")
    return (
      <textarea
        {...common}
        className="input mono"
        rows={Math.min(16, Math.max(4, shown.split("\n").length + 1))}
        spellCheck={false}
        value={shown}
        onChange={(event) => change(event.target.value)}
      />
    );
  return (
    <input
      {...common}
      type={kind === "date" ? "date" : kind === "secret" ? "password" : "text"}
      autoComplete={kind === "secret" ? "new-password" : "off"}
      inputMode={kind === "int" ? "numeric" : kind === "number" ? "decimal" : undefined}
      placeholder={kind === "secret" ? undefined : preset}
      value={shown}
      onChange={(event) => change(event.target.value)}
    />
  );
}

/** What gives it a value when nobody does. */
function comesFrom({ valueFrom }: TypedParameter): string {
  const map = valueFrom?.configMapKeyRef;
  return map ? `From the ConfigMap ${map.name ?? ""}, key ${map.key}` : "";
}
