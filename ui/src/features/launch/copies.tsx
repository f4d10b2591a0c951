import { useState } from "react";
import { Value } from "../run/inspector/value";
import { addressOf, commandOf, curlOf, heraOf, type Start } from "./command";

const FORMS = ["Command", "curl", "Hera", "Address"] as const;

/** The same start for a shell, a script or a colleague. */
export function Copies({ start, secrets }: { start: Start; secrets: boolean }) {
  const [form, setForm] = useState<(typeof FORMS)[number]>("Command");
  const base = document.baseURI;
  const texts = {
    Command: () => commandOf(start),
    curl: () => curlOf(base, start),
    Hera: () => heraOf(base, start),
    Address: () => addressOf(base, start),
  };
  const hints = [
    ...(form === "Command" || form === "curl" || form === "Hera"
      ? ["ARGO_TOKEN and the like are under Settings, Command line."]
      : []),
    ...(form !== "curl" && start.options.artifacts ? ["Without the files: only curl passes them on."] : []),
    ...(secrets ? ["Secrets are left out."] : []),
  ];
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
      {hints.length > 0 && <p className="dim">{hints.join(" ")}</p>}
    </div>
  );
}
