/** What control a parameter gets; pure. */
import type { Parameter } from "../../api/types";

export type ParameterKind = "choice" | "switch" | "number" | "long" | "text";

/** By its enum, else by what its default looks like: parameters have no types of their own. */
export function parameterKind(parameter: Parameter): ParameterKind {
  if (parameter.enum?.length) return "choice";
  const preset = String(parameter.value ?? parameter.default ?? "");
  if (preset === "true" || preset === "false") return "switch";
  if (/^-?\d+(\.\d+)?$/.test(preset) && preset.length < 16) return "number";
  return preset.includes("\n") || preset.length > 60 || /^[[{]/.test(preset) ? "long" : "text";
}

/** What is wrong with a value, or an empty text. */
export function parameterProblem(parameter: Parameter, value: string | undefined): string {
  const preset = parameter.value ?? parameter.default;
  if (value === undefined && preset === undefined) return "A value is needed";
  if (value === undefined) return "";
  if (parameterKind(parameter) === "number" && !/^-?\d+(\.\d+)?$/.test(value.trim())) return "Not a number";
  if (/^[[{]/.test(String(preset ?? ""))) {
    try {
      JSON.parse(value);
    } catch {
      return "Not JSON";
    }
  }
  return "";
}
