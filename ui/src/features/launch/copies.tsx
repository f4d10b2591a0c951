import { useState } from "react";
import { Value } from "../run/inspector/value";
import { addressOf, commandOf, curlOf, heraOf, type Start } from "./command";

const FORMS = ["Command", "curl", "Hera", "Address"] as const;

/** The same start for a shell, a script or a colleague. */
export function Copies({ start }: { start: Start }) {
  const [form, setForm] = useState<(typeof FORMS)[number]>("Command");
  const base = document.baseURI;
  const texts = {
    Command: () => commandOf(start),
    curl: () => curlOf(base, start),
    Hera: () => heraOf(base, start),
    Address: () => addressOf(base, start),
  };
  return (
    <div className="copies">
      <label className="field">
        The same as
        <select
          className="input"
          value={form}
          onChange={(event) => setForm(event.target.value as (typeof FORMS)[number])}
        >
          {FORMS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <Value name={form} value={texts[form]()} />
    </div>
  );
}
