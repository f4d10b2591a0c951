/** What control a parameter gets, and what its values may be; pure. */
import type { Parameter } from "../../api/types";

const HINTS = ["int", "float", "bool", "date", "json", "yaml", "secret", "multi"] as const;
export type Hint = (typeof HINTS)[number];

/** A parameter with the type that an annotation of its template gives it. */
export interface TypedParameter extends Parameter {
  hint?: Hint;
  /** Of `multi`: what may be chosen.  An enum cannot say it, because it holds for the whole value. */
  several?: string[];
}

export type ParameterKind =
  "choice" | "multi" | "switch" | "int" | "number" | "date" | "secret" | "long" | "text";

const ANNOTATION = "parameter-type.tiphys.dev/";

/** The parameters with their types: annotations `parameter-type.tiphys.dev/NAME: date`, or `multi: a, b, c`. */
export function withHints(
  parameters: readonly Parameter[],
  annotations: Readonly<Record<string, string>> | undefined,
): TypedParameter[] {
  return parameters.map((parameter) => {
    const [word = "", options = ""] = (annotations?.[`${ANNOTATION}${parameter.name ?? ""}`] ?? "").split(
      ":",
    );
    const hint = HINTS.find((each) => each === word.trim());
    const several = options.split(",").map((each) => each.trim());
    return hint ? { ...parameter, hint, ...(hint === "multi" ? { several } : {}) } : parameter;
  });
}

const OF_HINT: Record<Hint, ParameterKind> = {
  int: "int",
  float: "number",
  bool: "switch",
  date: "date",
  json: "long",
  yaml: "long",
  secret: "secret",
  multi: "multi",
};

/** By its hint and its enum, else by what its default looks like: parameters have no types of their own. */
export function parameterKind(parameter: TypedParameter): ParameterKind {
  if (parameter.enum?.length) return "choice";
  if (parameter.hint) return OF_HINT[parameter.hint];
  const preset = presetOf(parameter) ?? "";
  if (preset === "true" || preset === "false") return "switch";
  if (/^-?\d+(\.\d+)?$/.test(preset) && preset.length < 16) return "number";
  return preset.includes("\n") || preset.length > 60 || /^[[{]/.test(preset) ? "long" : "text";
}

/** What it has when nothing is sent; undefined when that is nothing. */
export function presetOf({ value, default: preset }: Parameter): string | undefined {
  // Numbers and booleans occur in manifests, and null.
  const own = (value ?? preset) as string | number | boolean | null | undefined;
  return own === undefined || own === null ? undefined : String(own);
}

/** The chosen ones of several, kept as a JSON list. */
export function listOf(value: string | undefined): string[] {
  try {
    const found: unknown = JSON.parse(value ?? "");
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}

/** What is wrong with a value, or an empty text. */
export function parameterProblem(parameter: TypedParameter, value: string | undefined): string {
  const preset = presetOf(parameter);
  if (value === undefined) return preset === undefined && !parameter.valueFrom ? "A value is needed" : "";
  const kind = parameterKind(parameter);
  if (kind === "int" && !/^-?\d+$/.test(value.trim())) return "Not a whole number";
  if (kind === "number" && !/^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value.trim())) return "Not a number";
  if (kind === "date" && Number.isNaN(Date.parse(value))) return "Not a date";
  if (parameter.hint === "json" || (!parameter.hint && /^[[{]/.test(preset ?? ""))) {
    try {
      JSON.parse(value);
    } catch {
      return "Not JSON";
    }
  }
  return "";
}
