import { KeptMenu } from "../../components/kept-menu";
import { recordOf, useKept } from "../../components/use-kept";
import type { Choices } from "./options";

export type Presets = Readonly<Record<string, Choices>>;

/** Filled-in forms under their names, of one thing that is started: namespace, kind and name. */
export function usePresets(of: string): [Presets, (presets: Presets) => void] {
  const [all, keep] = useKept("presets", recordOf<Presets>);
  return [recordOf<Choices>(all[of]), (presets) => keep({ ...all, [of]: presets })];
}

interface Props {
  presets: Presets;
  keep: (presets: Presets) => void;
  choices: Choices;
  choose: (choices: Choices) => void;
}

/** Filled-in forms under a name; the last one that was sent is there by itself. */
export function PresetsMenu({ presets, keep, choices, choose }: Props) {
  return (
    <KeptMenu
      label="Presets"
      kept={presets}
      keep={keep}
      choose={choose}
      saveAs="Save this form as"
      present={choices}
    />
  );
}
