import { type KeyboardEvent, useState } from "react";

interface Props {
  /** What the field is for: "Save these filters as". */
  label: string;
  save: (name: string) => void;
}

/** A field in a menu whose text is a name; Enter saves.  No form of its own: it may stand inside of one. */
export function SaveAs({ label, save }: Props) {
  const [name, setName] = useState("");
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!name.trim()) return;
    save(name.trim());
    setName("");
  };
  return (
    <input
      className="input"
      aria-label={label}
      placeholder={`${label}…`}
      value={name}
      onChange={(event) => setName(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={keys}
    />
  );
}
