import type { Parameter } from "../../api/types";
import { ParameterField } from "./parameter-field";

interface Props {
  parameters: readonly Parameter[];
  values: Readonly<Record<string, string>>;
  change: (values: Record<string, string>) => void;
}

/** One control for each parameter. */
export function Parameters({ parameters, values, change }: Props) {
  if (parameters.length === 0) return null;
  return (
    <fieldset className="parameters">
      <legend>Parameters</legend>
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name ?? ""]}
          change={(value) => change({ ...values, [parameter.name ?? ""]: value })}
        />
      ))}
    </fieldset>
  );
}
