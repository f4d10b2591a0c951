import type { WorkflowSpec } from "../../api/types";
import type { Choices } from "./options";

interface Props {
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

/** Which template the run begins with; nothing where there is no choice. */
export function Entrypoint({ spec, choices, change }: Props & { spec: WorkflowSpec }) {
  const entries = (spec.templates ?? []).map((template) => template.name ?? "").filter(Boolean);
  if (entries.length < 2) return null;
  return (
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
  );
}

/** What is rarely changed: labels, name, service account, priority. */
export function More({ choices, change }: Props) {
  return (
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
  );
}
