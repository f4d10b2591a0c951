import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from "react";
import { FindField } from "../../components/find-field";
import { Phase } from "../../components/phase";
import { useRunView } from "./context";
import { logOf } from "./log-of";
import { clicked, flippedPick, picksOf } from "./picks";
import { fits, rowsOf } from "./rows";
import { Twist } from "./twist";
import "./tree.css";

/** All nodes as a tree: the graph's equal for keyboard and screen reader. */
export function RunTree() {
  const { model, folds, search, change } = useRunView();
  const scroll = useRef<HTMLDivElement>(null);
  const [here, setHere] = useState(0);
  // The letters are seen at once, what they find a moment later.
  const text = useDeferredValue(search.q);
  const rows = useMemo(() => {
    if (!text) return rowsOf(model, folds.open);
    return [...model.nodes.values()]
      .filter((node) => fits(node, text))
      .map((node, at, all) => ({ node, level: 1, place: at + 1, size: all.length }));
  }, [model, folds.open, text]);
  const picks = picksOf(search.nodes);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 30,
    overscan: 15,
  });
  const current = Math.min(here, rows.length - 1);
  const keys = (event: KeyboardEvent): void => {
    const row = rows[current];
    if (!row) return;
    const open = folds.open.has(row.node.id);
    const go = (next: number): void => {
      setHere(Math.max(0, Math.min(rows.length - 1, next)));
      list.scrollToIndex(next);
    };
    if (event.key === "ArrowDown") go(current + 1);
    else if (event.key === "ArrowUp") go(current - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "ArrowRight" && row.node.inside.length > 0) {
      if (open) go(current + 1);
      else folds.flip(row.node.id);
    } else if (event.key === "ArrowLeft") {
      if (open && row.node.inside.length > 0) folds.flip(row.node.id);
      else go(rows.findIndex((other) => other.node.id === row.node.parent));
    } else if (event.key === "Enter" || event.key === " ") change({ nodeId: row.node.id });
    else if (event.key === "x") change({ nodes: flippedPick(search.nodes, row.node.id) });
    else if (event.key === "l")
      change({ nodeId: row.node.id, sidePanel: logOf(row.node.status) ?? search.sidePanel });
    else return;
    event.preventDefault();
  };
  return (
    <nav className="run-tree" aria-label="Nodes">
      <FindField
        label="Find nodes"
        text={search.q ?? ""}
        change={(text) => change({ q: text || undefined })}
      />
      <div
        ref={scroll}
        className="tree-scroll"
        role="tree"
        aria-label="Nodes of the run"
        aria-multiselectable
        tabIndex={0}
        aria-activedescendant={rows[current] ? `tree-${rows[current].node.id}` : undefined}
        onKeyDown={keys}
      >
        <div role="presentation" style={{ height: list.getTotalSize(), position: "relative" }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const { node, level, place, size } = row;
            const group = node.inside.length > 0;
            return (
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- keys arrive at the tree
              <div
                key={node.id}
                id={`tree-${node.id}`}
                data-node={node.id}
                role="treeitem"
                tabIndex={-1}
                aria-level={level}
                aria-setsize={size}
                aria-posinset={place}
                aria-selected={node.id === search.nodeId || picks.has(node.id)}
                aria-expanded={group ? folds.open.has(node.id) : undefined}
                className={`tree-row${item.index === current ? " current" : ""}${picks.has(node.id) ? " picked" : ""}`}
                style={{ transform: `translateY(${item.start}px)`, paddingLeft: 4 + (level - 1) * 14 }}
                onClick={(event) => {
                  setHere(item.index);
                  change(clicked(event, search, node.id));
                }}
              >
                <Twist folds={group} open={folds.open.has(node.id)} flip={() => folds.flip(node.id)} />
                <Phase phase={node.phase} bare />
                <span className="tree-name">{node.name}</span>
                {node.attempts.length > 1 && <span className="dim">{node.attempts.length} attempts</span>}
              </div>
            );
          })}
        </div>
      </div>
    </nav>
  );
}
