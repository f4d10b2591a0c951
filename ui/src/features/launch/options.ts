/** What a launch form holds, and what is sent of it; pure. */
import type { Artifact, Parameter, WorkflowSpec } from "../../api/types";
import type { SubmitOptions } from "../../api/workflows";
import { changedParameters } from "../actions/changed-parameters";

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

export function firstChoices(values: Record<string, string>): Choices {
  return {
    values,
    artifacts: {},
    entryPoint: "",
    labels: "",
    generateName: "",
    serviceAccount: "",
    priority: "",
  };
}

/** The workflow's parameters, then those of the entrypoint that have no value. */
export function parametersOf(spec: WorkflowSpec, entryPoint: string): Parameter[] {
  const own = spec.arguments?.parameters ?? [];
  const chosen = entryPoint || (spec.entrypoint ?? "");
  const inputs = spec.templates?.find((template) => template.name === chosen)?.inputs?.parameters ?? [];
  const known = new Set(own.map((parameter) => parameter.name));
  return [...own, ...inputs.filter((each) => !known.has(each.name) && each.value === undefined)];
}

/** The artifacts that a run of this spec is given. */
export const artifactsOf = (spec: WorkflowSpec): Artifact[] => spec.arguments?.artifacts ?? [];

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
