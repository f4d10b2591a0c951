import type { NodeStatus } from "../../../api/types";
import { useRunView } from "../context";
import { templateOf } from "../templates";
import { ArtifactItem } from "./artifact-item";
import { Value } from "./value";

/** Parameters, result and artifacts that went into a node or came out of it. */
export function Values({ side, status }: { side: "inputs" | "outputs"; status: NodeStatus }) {
  const { run } = useRunView();
  const declared = side === "inputs" ? (templateOf(run, status)?.inputs?.parameters ?? []) : [];
  const presets = new Map(
    declared.map(({ name, value, default: preset }) => [name, (value ?? preset)?.toString()]),
  );
  const values = status[side];
  const parameters = values?.parameters ?? [];
  const artifacts = values?.artifacts ?? [];
  const result = side === "outputs" ? status.outputs?.result : undefined;
  if (parameters.length + artifacts.length === 0 && result === undefined)
    return <p className="dim">No {side}.</p>;
  return (
    <>
      {result !== undefined && <Value name="result" value={result} />}
      {parameters.map((parameter) => (
        <Value
          key={parameter.name}
          name={parameter.name ?? ""}
          value={String(parameter.value ?? parameter.default ?? "")}
          description={parameter.description}
          preset={presets.get(parameter.name)}
        />
      ))}
      {artifacts.length > 0 && <h3>Artifacts</h3>}
      {artifacts.map((artifact) => (
        <ArtifactItem key={artifact.name} side={side} node={status.id ?? ""} artifact={artifact} />
      ))}
    </>
  );
}
