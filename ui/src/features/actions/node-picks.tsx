import { X } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { placeOf } from "../run/cause-place";
import { useRunView } from "../run/context";
import { flippedPick, picksOf } from "../run/picks";

/** A list of more names helps nobody; what is typed makes it shorter. */
const OFFERED = 100;

/** The nodes that are chosen together: added by a name, taken away one by one. */
export function NodePicks() {
  const { model, search, change } = useRunView();
  const id = useId();
  const [text, setText] = useState("");
  const named = useMemo(() => {
    const names = new Map<string, string>();
    for (const node of model.nodes.values())
      if (node.id !== model.root) {
        const place = node.parent === null ? node.name : placeOf(node.status, model);
        names.set(node.kind === "loop" ? node.name : place, node.id);
      }
    return names;
  }, [model]);
  const picks = [...picksOf(search.nodes)];
  const flip = (node: string): void => change({ nodes: flippedPick(search.nodes, node) });
  const typed = (next: string): void => {
    const found = named.get(next);
    if (found !== undefined && !picks.includes(found)) flip(found);
    setText(found === undefined ? next : "");
  };
  const small = text.toLowerCase();
  const offered = [...named.keys()].filter((name) => name.toLowerCase().includes(small)).slice(0, OFFERED);
  return (
    <div className="field">
      <label htmlFor={id}>Nodes that run again, with all that follows them</label>
      <input
        id={id}
        className="input"
        list={`${id}-names`}
        placeholder="Add one by its name, or click it in the graph"
        autoComplete="off"
        value={text}
        onChange={(event) => typed(event.target.value)}
        onKeyDown={(event) => {
          // Enter chooses what is offered; it does not start the run.
          if (event.key === "Enter" && text) event.preventDefault();
          if (event.key === "Enter" && offered.length === 1) typed(offered[0] ?? "");
        }}
      />
      <datalist id={`${id}-names`}>
        {offered.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {picks.length > 0 && (
        <ul className="picks" aria-label="Chosen nodes">
          {picks.map((pick) => {
            const name = model.nodes.get(pick)?.name ?? pick;
            return (
              <li key={pick}>
                <button
                  type="button"
                  className="button small"
                  aria-label={`Leave out ${name}`}
                  onClick={() => flip(pick)}
                >
                  {name}
                  <X size={12} aria-hidden />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
