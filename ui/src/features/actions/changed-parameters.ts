import type { Parameter } from "../../api/types";

/** What the server is to be told: `name=value` of the parameters that differ from what they have. */
export function changedParameters(
  parameters: readonly Parameter[],
  values: Readonly<Record<string, string>>,
): string[] {
  return parameters.flatMap(({ name = "", value, default: preset }) => {
    const given = values[name];
    return given === undefined || given === (value ?? preset) ? [] : [`${name}=${given}`];
  });
}
