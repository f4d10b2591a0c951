import { serverNow } from "../../api/clock";
import { Menu } from "../../components/menu";
import type { RunsSearch } from "./search";

const AGES: readonly (readonly [string, number])[] = [
  ["Created in the last hour", 3600],
  ["Created in the last day", 86_400],
  ["Created in the last week", 7 * 86_400],
];
const FIELDS = [
  ["createdAfter", "Created since"],
  ["startedAfter", "Started after"],
  ["startedBefore", "Started before"],
  ["finishedBefore", "Finished before"],
] as const;

interface Props {
  search: RunsSearch;
  choose: (search: RunsSearch) => void;
}

/** When runs were made and ended: some spans at hand, and moments to set. */
export function TimeMenu({ search, choose }: Props) {
  return (
    <Menu label="Time" className="button quiet">
      {AGES.map(([name, span]) => (
        <button
          key={name}
          type="button"
          onClick={() =>
            choose({ ...search, createdAfter: new Date(serverNow() - span * 1000).toISOString() })
          }
        >
          {name}
        </button>
      ))}
      {FIELDS.map(([key, title]) => (
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- a click into the field must not close the menu
        <label key={key} className="menu-field" onClick={(event) => event.stopPropagation()}>
          {title}
          <input
            className="input"
            type="datetime-local"
            defaultValue={localText(search[key])}
            onChange={(event) => {
              const at = new Date(event.target.value);
              choose({ ...search, [key]: Number.isNaN(at.getTime()) ? undefined : at.toISOString() });
            }}
          />
        </label>
      ))}
    </Menu>
  );
}

/** A moment as the field writes it: local, to the minute. */
function localText(moment: string | undefined): string {
  if (!moment) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
