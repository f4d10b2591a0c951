import { useState } from "react";
import { keepIn, keptIn } from "../../components/kept";
import { KeptMenu } from "../../components/kept-menu";
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
  const keep = (presets: Presets): void => {
    keepPresets(of, presets);
    setOwn(presets);
  };
  return (
    <KeptMenu
      label="Presets"
      kept={own}
      keep={keep}
      choose={choose}
      saveAs="Save this form as"
      present={choices}
    />
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
