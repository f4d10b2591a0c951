import { Menu } from "../components/menu";
import { MenuChoice } from "../components/menu-choice";
import { saveFile } from "../components/save-file";
import { complain } from "../components/toast";
import { useRunView } from "../features/run/context";
import { flipped, SHOWN, type Shown, shownOf } from "../features/run/search";
import { COLOUR_BY, type ColourBy, type Colouring } from "./colours";
import { mermaidOf, svgOf } from "./export";
import { FilterMenu } from "./filter-menu";
import type { Rect } from "./nested";
import type { Picture } from "./paint";
import { paletteOf } from "./palette";
import { pngOf } from "./png";
import type { Scene } from "./scene";

interface Props {
  colouring: Colouring;
  scene: Scene;
  places: ReadonlyMap<string, Rect>;
  picture: Picture;
}

/** What is shown of a graph, and how: colours, overlays, folds, files. */
export default function Toolbar({ colouring, scene, places, picture }: Props) {
  const { run, folds, search, change, bare } = useRunView();
  const shown = shownOf(search);
  const flip = (name: Shown): void => change({ show: flipped(shown, name) });
  const name = run.metadata?.name ?? "graph";
  const svg = (): string => {
    const palette = paletteOf(document.body);
    const looks = new Map(picture.boxes.map((box) => [box.id, box.look]));
    return svgOf(scene, places, {
      text: palette.token("ink"),
      line: palette.token("line-strong"),
      surface: palette.token("surface"),
      background: palette.token("bg"),
      of: (node) => palette.look(looks.get(node.id) ?? ""),
    });
  };
  const savePng = (): void =>
    void pngOf(svg()).then((blob) => saveFile(`${name}.png`, "image/png", blob), complain);
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
      <FilterMenu />
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
        <button type="button" onClick={() => saveFile(`${name}.svg`, "image/svg+xml", svg())}>
          Picture (SVG)
        </button>
        <button type="button" onClick={savePng}>
          Picture (PNG)
        </button>
        <button type="button" onClick={() => saveFile(`${name}.mmd`, "text/plain", mermaidOf(scene))}>
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
