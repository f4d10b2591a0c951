import { Menu } from "../components/menu";
import { MenuChoice } from "../components/menu-choice";
import type { Times } from "./times";

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
  ["relative", "Times since the beginning"],
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
        <MenuChoice chosen={wrap} choose={() => setWrap(!wrap)}>
          Wrap long lines
        </MenuChoice>
        {TIMES.map(([each, text]) => (
          <MenuChoice key={each} chosen={times === each} choose={() => setTimes(each)}>
            {text}
          </MenuChoice>
        ))}
        <select
          className="input"
          aria-label="Times of another zone"
          value={times.startsWith("zone:") ? times : ""}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => setTimes((event.target.value || "off") as Times)}
        >
          <option value="">Another time zone…</option>
          {Intl.supportedValuesOf("timeZone").map((zone) => (
            <option key={zone} value={`zone:${zone}`}>
              {zone}
            </option>
          ))}
        </select>
      </Menu>
      {names.length > 0 && (
        <Menu label="Fields" name="Fields of JSON lines" className="button quiet">
          <MenuChoice chosen={fields.length === 0} choose={() => setFields([])}>
            Whole lines
          </MenuChoice>
          {names.slice(0, MOST).map((name) => (
            <MenuChoice key={name} chosen={fields.includes(name)} choose={() => flip(name)}>
              {name}
            </MenuChoice>
          ))}
        </Menu>
      )}
    </>
  );
}
