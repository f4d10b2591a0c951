import { Check } from "lucide-react";
import { Menu } from "../components/menu";
import type { Times } from "./pane";

interface Props {
  wrap: boolean;
  setWrap: (wrap: boolean) => void;
  times: Times;
  setTimes: (times: Times) => void;
  /** Names of fields that lines have, when they are JSON. */
  names: readonly string[];
  fields: readonly string[];
  setFields: (fields: string[]) => void;
}

const TIMES = [
  ["off", "No times"],
  ["local", "Local times"],
  ["utc", "UTC times"],
] as const;
/** Lines with dozens of fields exist; a menu with dozens of entries helps nobody. */
const MOST = 14;

/** How lines are shown. */
export function LogOptions({ wrap, setWrap, times, setTimes, names, fields, setFields }: Props) {
  const flip = (name: string): void =>
    setFields(fields.includes(name) ? fields.filter((each) => each !== name) : [...fields, name]);
  return (
    <>
      <Menu label="View" name="How lines are shown" className="button quiet">
        <Choice chosen={wrap} text="Wrap long lines" choose={() => setWrap(!wrap)} />
        {TIMES.map(([each, text]) => (
          <Choice key={each} chosen={times === each} text={text} choose={() => setTimes(each)} />
        ))}
      </Menu>
      {names.length > 0 && (
        <Menu label="Fields" name="Fields of JSON lines" className="button quiet">
          <Choice chosen={fields.length === 0} text="Whole lines" choose={() => setFields([])} />
          {names.slice(0, MOST).map((name) => (
            <Choice key={name} chosen={fields.includes(name)} text={name} choose={() => flip(name)} />
          ))}
        </Menu>
      )}
    </>
  );
}

function Choice({ chosen, text, choose }: { chosen: boolean; text: string; choose: () => void }) {
  return (
    <button type="button" aria-pressed={chosen} onClick={choose}>
      <span className="menu-check">{chosen && <Check size={14} aria-hidden />}</span>
      {text}
    </button>
  );
}
