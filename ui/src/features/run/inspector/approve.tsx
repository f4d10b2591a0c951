import { useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import type { Parameter } from "../../../api/types";
import { resumeRun, setNode } from "../../../api/workflows";
import { complain, say } from "../../../components/toast";
import { parameterProblem } from "../../actions/parameter-kind";
import { Parameters } from "../../actions/parameters-fields";
import { useRunView } from "../context";
import type { RunNode } from "../model";
import { suspendedUntil } from "../waits";

/** The form of a step that waits for a person: values to supply, go on or refuse. */
export function Approve({ node }: { node: RunNode }) {
  const { run } = useRunView();
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const [message, setMessage] = useState("");
  const [busy, setBusy] = useState(false);
  const namespace = run.metadata?.namespace ?? "";
  const name = run.metadata?.name ?? "";
  const wanted = suppliedBy(node);
  const selector = `id=${node.id}`;
  const missing = wanted.filter((each) => parameterProblem(each, values[each.name ?? ""]));
  const until = suspendedUntil(run, node.status);
  const answer = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    setBusy(true);
    try {
      await work();
      say(said);
      await client.invalidateQueries({ queryKey: ["run", namespace, name] });
    } catch (error) {
      complain(error);
    } finally {
      setBusy(false);
    }
  };
  const approve = async (): Promise<void> => {
    if (Object.keys(values).length > 0)
      await setNode(namespace, name, selector, { outputParameters: JSON.stringify(values) });
    await resumeRun(namespace, name, selector);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void answer(approve, "It goes on");
  };
  return (
    <form className="approve" aria-label="Waiting for you" tabIndex={-1} data-holder onSubmit={submit}>
      <strong>Waiting for you</strong>
      {until !== undefined && <p>It goes on by itself at {new Date(until).toLocaleTimeString()}.</p>}
      <Parameters parameters={wanted} values={values} change={setValues} />
      <div className="approve-actions">
        <input
          className="input"
          aria-label="Reason"
          placeholder="Reason for refusing"
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
        <button
          type="button"
          className="button danger"
          disabled={busy}
          onClick={() =>
            void answer(
              () => setNode(namespace, name, selector, { phase: "Failed", message: message || "Refused" }),
              "It was refused",
            )
          }
        >
          Refuse
        </button>
        <button
          type="submit"
          className="button primary"
          disabled={busy || missing.length > 0}
          title={missing.length > 0 ? `Missing: ${missing.map(({ name }) => name).join(", ")}` : undefined}
        >
          Approve
        </button>
      </div>
    </form>
  );
}

/** Outputs that a person supplies; an input of the same name says what may be chosen. */
function suppliedBy(node: RunNode): Parameter[] {
  const inputs = node.status.inputs?.parameters ?? [];
  return (node.status.outputs?.parameters ?? [])
    .filter((output) => output.valueFrom?.supplied !== undefined && output.value === undefined)
    .map((output) => {
      const input = inputs.find((other) => other.name === output.name);
      const preset = output.valueFrom?.default ?? input?.value ?? input?.default;
      return {
        name: output.name ?? "",
        ...(input?.enum ? { enum: input.enum } : {}),
        ...(input?.description ? { description: input.description } : {}),
        ...(preset === undefined ? {} : { default: preset }),
      };
    });
}
