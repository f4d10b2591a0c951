import { ArrowDown, ArrowUp } from "lucide-react";
import { DENSITIES, setDensity, useDensity } from "../../app/density";
import { Menu } from "../../components/menu";
import { MenuChoice } from "../../components/menu-choice";
import { SaveAs } from "../../components/save-as";
import { setTimeStyle, TIME_STYLES, timeStyle } from "../../components/time-style";
import { type ChartChoice, CHARTS } from "./chart-choice";
import { moved, type RunColumn } from "./columns";

interface Props {
  columns: readonly RunColumn[];
  /** Ids, in the order in which they are shown. */
  shown: readonly string[];
  choose: (ids: string[]) => void;
  save: () => void;
  chart: ChartChoice;
  chooseChart: (chart: ChartChoice) => void;
}

/** Which columns are shown and in which order, the chart above them, and the list as a file. */
export function TableMenu({ columns, shown, choose, save, chart, chooseChart }: Props) {
  const rows = useDensity();
  const place = (id: string): number => (shown.includes(id) ? shown.indexOf(id) : columns.length);
  const sorted = [...columns].sort((a, b) => place(a.id) - place(b.id));
  return (
    <Menu label="Table" className="button quiet">
      {sorted.map(({ id, title }) => {
        const on = shown.includes(id);
        return (
          <div key={id} className="menu-row">
            <MenuChoice
              chosen={on}
              stay
              choose={() => choose(on ? shown.filter((each) => each !== id) : [...shown, id])}
            >
              {title}
            </MenuChoice>
            {on && <Move title={title} move={(by) => choose(moved(shown, id, place(id) + by))} />}
          </div>
        );
      })}
      {(["label", "parameter"] as const).map((kind) => (
        <SaveAs
          key={kind}
          label={`Column of the ${kind}`}
          save={(name) => {
            const id = `${kind}:${name}`;
            if (!shown.includes(id)) choose([...shown, id]);
          }}
        />
      ))}
      {CHARTS.map((each) => (
        <MenuChoice key={each} chosen={each === chart} choose={() => chooseChart(each)}>
          Chart: {each}
        </MenuChoice>
      ))}
      {DENSITIES.map((each) => (
        <MenuChoice key={each} chosen={each === rows} choose={() => setDensity(each)}>
          Rows: {each}
        </MenuChoice>
      ))}
      {TIME_STYLES.map((style) => (
        <MenuChoice key={style} chosen={style === timeStyle()} choose={() => setTimeStyle(style)}>
          Times: {style}
        </MenuChoice>
      ))}
      <button type="button" onClick={save}>
        <span aria-hidden className="menu-check">
          ↓
        </span>
        Save as CSV
      </button>
    </Menu>
  );
}

/** Two buttons that move a column among its neighbours; the menu stays open, the button keeps the focus. */
function Move({ title, move }: { title: string; move: (by: number) => void }) {
  const ways = [
    [-1, "to the left", ArrowUp],
    [1, "to the right", ArrowDown],
  ] as const;
  return ways.map(([by, way, Icon]) => (
    <button
      key={by}
      type="button"
      className="icon"
      aria-label={`Move ${title} ${way}`}
      title={`Move ${way}`}
      onClick={(event) => {
        event.stopPropagation();
        const button = event.currentTarget;
        move(by);
        requestAnimationFrame(() => button.focus());
      }}
    >
      <Icon size={14} aria-hidden />
    </button>
  ));
}
