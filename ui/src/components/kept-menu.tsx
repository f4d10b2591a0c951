import type { ReactNode } from "react";
import { Menu } from "./menu";
import { SaveAs } from "./save-as";

interface Props<T> {
  label: string;
  /** What is there before anything was kept, and cannot be forgotten. */
  given?: readonly (readonly [string, T])[];
  kept: Readonly<Record<string, T>>;
  keep: (kept: Record<string, T>) => void;
  choose: (value: T) => void;
  /** What the field for another name is called: "Save these filters as". */
  saveAs: string;
  /** What is kept under that name. */
  present: T;
}

/** A menu of things under names: one is chosen, the present one is kept, kept ones are forgotten. */
export function KeptMenu<T>(props: Props<T>): ReactNode {
  const { label, given = [], kept, keep, choose, saveAs, present } = props;
  const forget = (name: string): void => {
    const { [name]: _forgotten, ...others } = kept;
    keep(others);
  };
  return (
    <Menu label={label} className="button quiet">
      {[...given, ...Object.entries(kept)].map(([name, value]) => (
        <button key={name} type="button" onClick={() => choose(value)}>
          {name}
        </button>
      ))}
      {Object.keys(kept).map((name) => (
        <button key={`-${name}`} type="button" className="danger" onClick={() => forget(name)}>
          Forget {name}
        </button>
      ))}
      <SaveAs label={saveAs} save={(name) => keep({ ...kept, [name]: present })} />
    </Menu>
  );
}
