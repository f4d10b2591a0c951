import { Fragment } from "react";
import { Menu } from "../components/menu";
import { MenuChoice } from "../components/menu-choice";
import { useRunView } from "../features/run/context";
import { FACET_NAMES, flippedFacet, isChosen, valuesOf } from "./facets";

/** More templates than this are found by the search, not in a menu. */
const MOST = 12;

/** Which nodes are set off: those of some phases, types or templates; all others fade. */
export function FilterMenu() {
  const { model, search, change } = useRunView();
  const { only } = search;
  return (
    <Menu label={only ? "Filter (on)" : "Filter"} name="Set off nodes" className="button quiet">
      <MenuChoice chosen={!only} choose={() => change({ only: undefined })}>
        All nodes
      </MenuChoice>
      {FACET_NAMES.map((facet) => (
        <Fragment key={facet}>
          <span className="menu-title">{facet}</span>
          {valuesOf(facet, model)
            .slice(0, MOST)
            .map(([value, count]) => (
              <MenuChoice
                key={value}
                stay
                chosen={isChosen(only, facet, value)}
                choose={() => change({ only: flippedFacet(only, facet, value) })}
              >
                {value} <span className="dim">{count}</span>
              </MenuChoice>
            ))}
        </Fragment>
      ))}
    </Menu>
  );
}
