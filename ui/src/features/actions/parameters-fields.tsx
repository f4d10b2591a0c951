import { lazy, Suspense } from "react";
import type { TypedParameter } from "./parameter-kind";

// The run page is there before somebody wants to start it again: its budget has no place for all kinds of fields.
const ParameterField = lazy(async () => ({ default: (await import("./parameter-field")).ParameterField }));

interface Props {
  parameters: readonly TypedParameter[];
  values: Readonly<Record<string, string>>;
  change: (values: Record<string, string>) => void;
}

/** One control for each parameter. */
export function Parameters({ parameters, values, change }: Props) {
  if (parameters.length === 0) return null;
  return (
    <fieldset className="parameters">
      <legend>Parameters</legend>
      <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
        {parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name ?? ""]}
            change={(value) => change(changed(values, parameter.name ?? "", value))}
          />
        ))}
      </Suspense>
    </fieldset>
  );
}

function changed(
  values: Readonly<Record<string, string>>,
  name: string,
  value: string | undefined,
): Record<string, string> {
  const others = Object.entries(values).filter(([each]) => each !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
}
