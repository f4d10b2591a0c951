/** A spec that refers to a template, with what the template brings; pure. */
import type { WorkflowSpec } from "../../api/types";
import type { SubmitKind } from "../../api/workflows";

export interface Choice {
  key: string;
  kind: SubmitKind;
  name: string;
  spec: WorkflowSpec;
  annotations: Readonly<Record<string, string>>;
}

const DEEPEST = 5;

/** What starting a choice needs: parameters of the templates that it refers to, under its own; their hints too. */
export function resolved(choice: Choice, all: readonly Choice[], depth = 0): Choice {
  const reference = choice.spec.workflowTemplateRef;
  if (!reference?.name || depth === DEEPEST) return choice;
  const kind = reference.clusterScope ? "ClusterWorkflowTemplate" : "WorkflowTemplate";
  const target = all.find((each) => each.kind === kind && each.name === reference.name);
  if (!target) return choice;
  const { spec, annotations } = resolved(target, all, depth + 1);
  return {
    ...choice,
    annotations: { ...annotations, ...choice.annotations },
    spec: {
      ...spec,
      ...choice.spec,
      arguments: {
        parameters: over(spec.arguments?.parameters, choice.spec.arguments?.parameters),
        artifacts: over(spec.arguments?.artifacts, choice.spec.arguments?.artifacts),
      },
      templates: choice.spec.templates ?? spec.templates,
    } as WorkflowSpec,
  };
}

/** The first ones, each with what the second one of its name says otherwise, then the others. */
function over<T extends { name?: string }>(
  first: readonly T[] | undefined,
  second: readonly T[] | undefined,
): T[] {
  const known = new Set((first ?? []).map(({ name }) => name));
  return [
    ...(first ?? []).map((each) => ({ ...each, ...second?.find(({ name }) => name === each.name) })),
    ...(second ?? []).filter(({ name }) => !known.has(name)),
  ];
}
