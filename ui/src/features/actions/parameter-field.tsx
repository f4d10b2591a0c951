import { useId } from "react";
import type { Parameter } from "../../api/types";
import { parameterKind, parameterProblem } from "./parameter-kind";

interface Props {
  parameter: Parameter;
  value: string | undefined;
  change: (value: string) => void;
}

/** The control of one parameter, with its description and what is wrong with its value. */
export function ParameterField({ parameter, value, change }: Props) {
  const id = useId();
  const kind = parameterKind(parameter);
  const preset = parameter.value ?? parameter.default;
  const shown = value ?? String(preset ?? "");
  const problem = value === undefined ? "" : parameterProblem(parameter, value);
  const common = {
    id,
    className: "input",
    "aria-invalid": problem !== "",
    "aria-describedby": `${id}-hint`,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{parameter.name}</label>
      {kind === "choice" ? (
        <select {...common} value={shown} onChange={(event) => change(event.target.value)}>
          {preset === undefined && <option value="">Choose…</option>}
          {(parameter.enum ?? []).map((item) => (
            <option key={String(item)}>{String(item)}</option>
          ))}
        </select>
      ) : kind === "switch" ? (
        <input
          {...common}
          className="switch"
          type="checkbox"
          role="switch"
          checked={shown === "true"}
          onChange={(event) => change(String(event.target.checked))}
        />
      ) : kind === "long" ? (
        <textarea
          {...common}
          className="input mono"
          rows={4}
          value={shown}
          onChange={(event) => change(event.target.value)}
        />
      ) : (
        <input
          {...common}
          inputMode={kind === "number" ? "decimal" : undefined}
          value={shown}
          onChange={(event) => change(event.target.value)}
        />
      )}
      <span id={`${id}-hint`} className={problem ? "hint bad" : "hint"}>
        {problem || parameter.description}
      </span>
    </div>
  );
}
