import { Copy } from "lucide-react";
import { say } from "../../../components/toast";
import "./value.css";

interface Props {
  name: string;
  value: string;
  description?: string | undefined;
  /** What it would have been by itself; said where it is something else. */
  preset?: string | undefined;
}

/** A named text, JSON indented, with a button that copies it. */
export function Value({ name, value, description, preset }: Props) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    say(`${name} was copied`);
  };
  return (
    <section className="value">
      <header>
        <h3>{name}</h3>
        <button
          type="button"
          className="button quiet icon"
          aria-label={`Copy ${name}`}
          onClick={() => void copy()}
        >
          <Copy size={14} aria-hidden />
        </button>
      </header>
      {description && <p className="dim">{description}</p>}
      {preset !== undefined && preset !== value && !preset.includes("{{") && (
        <p className="dim">
          Not the default: <del>{preset || "(empty)"}</del>
        </p>
      )}
      <pre tabIndex={0}>{pretty(value) || " "}</pre>
    </section>
  );
}

function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > 200_000) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
