/** What a launch form holds, and what is sent of it; pure. */
import type { Artifact, WorkflowSpec } from "../../api/types";
import type { SubmitOptions } from "../../api/workflows";
import { changedParameters } from "../actions/changed-parameters";
import { parameterKind, type TypedParameter, withHints } from "../actions/parameter-kind";

export interface Choices {
  values: Record<string, string>;
  /** Keys of files that were uploaded, by the artifact's name. */
  artifacts: Record<string, string>;
  entryPoint: string;
  labels: string;
  generateName: string;
  serviceAccount: string;
  priority: string;
}

/** What a form begins with when no address fills it in; the label is the one of Argo's form. */
export function firstChoices(values: Record<string, string>, more: Partial<Choices> = {}): Choices {
  return {
    values,
    artifacts: {},
    entryPoint: "",
    labels: "submit-from-ui=true",
    generateName: "",
    serviceAccount: "",
    priority: "",
    ...more,
  };
}

/** The workflow's parameters, then those of the entrypoint that are not among them. */
export function parametersOf(
  spec: WorkflowSpec,
  entryPoint: string,
  annotations?: Readonly<Record<string, string>>,
): TypedParameter[] {
  const own = spec.arguments?.parameters ?? [];
  const chosen = entryPoint || (spec.entrypoint ?? "");
  const inputs = spec.templates?.find((template) => template.name === chosen)?.inputs?.parameters ?? [];
  const known = new Set(own.map((parameter) => parameter.name));
  return withHints([...own, ...inputs.filter((each) => !known.has(each.name))], annotations);
}

/** The artifacts that a run of this spec is given. */
export const artifactsOf = (spec: WorkflowSpec): Artifact[] => spec.arguments?.artifacts ?? [];

/** What is wrong beside the parameters, or an empty text. */
export function choicesProblem({ labels, priority }: Choices): string {
  if (priority.trim() && !/^-?\d+$/.test(priority.trim())) return "The priority is a whole number";
  const wrong = labels.split(",").find((each) => each.trim() && !/^[^=\s]+=\S*$/.test(each.trim()));
  return wrong === undefined ? "" : `Labels are written key=value: ${wrong.trim()} is not`;
}

/** What is sent: only what differs from the template. */
export function submitOptionsOf(spec: WorkflowSpec, choices: Choices): SubmitOptions {
  const { entryPoint, labels, generateName, serviceAccount, priority } = choices;
  const artifacts = Object.entries(choices.artifacts).map(([name, key]) => `${name}=${key}`);
  const options: SubmitOptions = {
    parameters: changedParameters(parametersOf(spec, entryPoint), choices.values),
  };
  if (entryPoint && entryPoint !== spec.entrypoint) options.entryPoint = entryPoint;
  if (labels.trim()) options.labels = labels.trim();
  if (generateName.trim()) options.generateName = generateName.trim();
  if (serviceAccount.trim()) options.serviceAccount = serviceAccount.trim();
  if (/^-?\d+$/.test(priority.trim())) options.priority = Number(priority);
  if (artifacts.length) options.artifacts = artifacts;
  return options;
}

/** The choices as they may be kept and passed on. */
export function withoutSecrets(choices: Choices, parameters: readonly TypedParameter[]): Choices {
  const secret = new Set(
    parameters.filter((each) => parameterKind(each) === "secret").map(({ name = "" }) => name),
  );
  const values = Object.entries(choices.values).filter(([name]) => !secret.has(name));
  return { ...choices, values: Object.fromEntries(values) };
}
