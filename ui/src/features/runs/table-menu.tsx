import { Menu } from "../../components/menu";
import { MenuChoice } from "../../components/menu-choice";
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
          <MenuChoice
            key={id}
            chosen={on}
            stay
            choose={() =>
              choose(
                columns.map((each) => each.id).filter((each) => (each === id ? !on : shown.includes(each))),
              )
            }
          >
            {title}
          </MenuChoice>
        );
      })}
      <button type="button" onClick={save}>
        <span aria-hidden className="menu-check">
          ↓
        </span>
        Save as CSV
      </button>
    </Menu>
  );
}
