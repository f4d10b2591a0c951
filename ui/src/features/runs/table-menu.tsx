import { Menu } from "../../components/menu";
import type { RunColumn } from "./columns";

interface Props {
  columns: readonly RunColumn[];
  shown: readonly string[];
  choose: (ids: string[]) => void;
  save: () => void;
}

/** Which columns are shown, and the list as a file. */
export function TableMenu({ columns, shown, choose, save }: Props) {
  return (
    <Menu label="Table" className="button quiet">
      {columns.map(({ id, title }) => {
        const on = shown.includes(id);
        return (
          <button
            key={id}
            type="button"
            aria-pressed={on}
            onClick={(event) => {
              event.stopPropagation();
              choose(
                columns.map((each) => each.id).filter((each) => (each === id ? !on : shown.includes(each))),
              );
            }}
          >
            <span aria-hidden className="tick">
              {on ? "✓" : ""}
            </span>
            {title}
          </button>
        );
      })}
      <button type="button" onClick={save}>
        <span aria-hidden className="tick">
          ↓
        </span>
        Save as CSV
      </button>
    </Menu>
  );
}
