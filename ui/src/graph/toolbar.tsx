import { Menu } from "../components/menu";
import { MenuChoice } from "../components/menu-choice";
import { saveFile } from "../components/save-file";
import { useRunView } from "../features/run/context";
import { flipped, SHOWN, type Shown, shownOf } from "../features/run/search";
import { COLOUR_BY, type ColourBy, type Colouring } from "./colours";

interface Props {
  colouring: Colouring;
  /** Makes a file of what is shown; the ending says which kind. */
  file: (kind: "svg" | "mmd") => string;
}

/** What is shown of a graph, and how: colours, overlays, folds, files. */
export function Toolbar({ colouring, file }: Props) {
  const { run, folds, search, change, bare } = useRunView();
  const shown = shownOf(search);
  const flip = (name: Shown): void => change({ show: flipped(shown, name) });
  const save = (kind: "svg" | "mmd"): void =>
    saveFile(
      `${run.metadata?.name ?? "graph"}.${kind}`,
      kind === "svg" ? "image/svg+xml" : "text/plain",
      file(kind),
    );
  if (bare) return <div />;
  return (
    <div className="view-bar">
      <label>
        Colour
        <select
          className="input"
          value={search.colour ?? "phase"}
          onChange={(event) => {
            const by = event.target.value as ColourBy;
            change({ colour: by === "phase" ? undefined : by });
          }}
        >
          {COLOUR_BY.map(([by, name]) => (
            <option key={by} value={by}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Menu label="Show" className="button quiet">
        {SHOWN.filter(([name]) => name !== "before").map(([name, text, hint]) => (
          <MenuChoice key={name} chosen={shown.has(name)} hint={hint} choose={() => flip(name)}>
            {text}
          </MenuChoice>
        ))}
        <button type="button" onClick={() => folds.all(true)}>
          <span className="menu-check" />
          Open all groups
        </button>
        <button type="button" onClick={() => folds.all(false)}>
          <span className="menu-check" />
          Fold all groups
        </button>
      </Menu>
      <Menu label="Save" className="button quiet">
        <button type="button" onClick={() => save("svg")}>
          Picture (SVG)
        </button>
        <button type="button" onClick={() => save("mmd")}>
          Text (Mermaid)
        </button>
      </Menu>
      {colouring.legend.length > 0 && (
        <ul className="graph-legend" aria-label="Colours">
          {colouring.legend.map((each) => (
            <li key={each.look} className={each.look}>
              {each.text}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
