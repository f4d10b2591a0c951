import { type SubmitEvent, useState } from "react";
import { Menu } from "../../components/menu";
import { keepIn, keptIn } from "../../components/kept";
import type { Choices } from "./options";

const KEY = "tiphys.presets";
type Presets = Record<string, Choices>;

interface Props {
  /** What the presets are for: namespace, kind and name. */
  of: string;
  choices: Choices;
  choose: (choices: Choices) => void;
}

/** Filled-in forms under a name, kept in this browser; the last one that was sent is there by itself. */
export function PresetsMenu({ of, choices, choose }: Props) {
  const [own, setOwn] = useState(() => presetsOf(of));
  const [name, setName] = useState("");
  const keep = (presets: Presets): void => {
    keepPresets(of, presets);
    setOwn(presets);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!name.trim()) return;
    keep({ ...own, [name.trim()]: choices });
    setName("");
  };
  return (
    <Menu label="Presets" className="button quiet">
      {Object.entries(own).map(([title, preset]) => (
        <button key={title} type="button" onClick={() => choose(preset)}>
          {title}
        </button>
      ))}
      {Object.keys(own).map((title) => (
        <button
          key={`-${title}`}
          type="button"
          className="danger"
          onClick={() => keep(Object.fromEntries(Object.entries(own).filter(([each]) => each !== title)))}
        >
          Forget {title}
        </button>
      ))}
      {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events -- a click into the field must not close the menu */}
      <form onSubmit={submit} onClick={(event) => event.stopPropagation()}>
        <input
          className="input"
          aria-label="Save this form as"
          placeholder="Save this form as…"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Menu>
  );
}

const presetsOf = (of: string): Presets => keptIn<Record<string, Presets>>(KEY, {})[of] ?? {};

function keepPresets(of: string, presets: Presets): void {
  keepIn(KEY, { ...keptIn<Record<string, Presets>>(KEY, {}), [of]: presets });
}

/** Keep what was sent as the preset "Last used". */
export function keepLast(of: string, choices: Choices): void {
  keepPresets(of, { ...presetsOf(of), "Last used": choices });
}
