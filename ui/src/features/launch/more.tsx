import type { WorkflowSpec } from "../../api/types";
import type { Choices } from "./options";

interface Props {
  spec: WorkflowSpec;
  choices: Choices;
  change: (choices: Choices) => void;
}

const FIELDS: readonly (readonly [
  "labels" | "generateName" | "serviceAccount" | "priority",
  string,
  string,
])[] = [
  ["labels", "Labels", "team=ml,stage=test"],
  ["generateName", "Beginning of the name", ""],
  ["serviceAccount", "Service account", ""],
  ["priority", "Priority", "0"],
];

/** What is rarely changed: entrypoint, labels, name, service account, priority. */
export function More({ spec, choices, change }: Props) {
  const entries = (spec.templates ?? []).map((template) => template.name ?? "").filter(Boolean);
  return (
    <>
      {entries.length > 1 && (
        <label className="field">
          Entrypoint
          <select
            className="input"
            value={choices.entryPoint || (spec.entrypoint ?? "")}
            onChange={(event) => change({ ...choices, entryPoint: event.target.value })}
          >
            {entries.map((entry) => (
              <option key={entry}>{entry}</option>
            ))}
          </select>
        </label>
      )}
      <div className="pair">
        {FIELDS.map(([field, title, placeholder]) => (
          <label key={field} className="field">
            {title}
            <input
              className="input"
              placeholder={placeholder}
              inputMode={field === "priority" ? "numeric" : undefined}
              value={choices[field]}
              onChange={(event) => change({ ...choices, [field]: event.target.value })}
            />
          </label>
        ))}
      </div>
    </>
  );
}
