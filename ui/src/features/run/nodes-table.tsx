import { useVirtualizer } from "@tanstack/react-virtual";
import { Download } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { matching } from "../../graph/facets";
import { FilterMenu } from "../../graph/filter-menu";
import { saveFile } from "../../components/save-file";
import { useNow } from "../../components/now";
import { Phase } from "../../components/phase";
import { ago, duration, seconds } from "../../components/time";
import { useRunView } from "./context";
import { cell, COLUMNS, type Column, csvOf, sorted } from "./columns";
import { flippedPick, picksOf } from "./picks";
import { fits } from "./rows";
import "./nodes-table.css";

/** All nodes of a run as a table that sorts, filters and exports. */
export default function NodesTable() {
  const { run, model, search, change } = useRunView();
  const now = useNow();
  const scroll = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<{ by: Column; down: boolean }>({ by: "started", down: false });
  const { q, only } = search;
  const nodes = useMemo(() => {
    const text = q;
    const all = matching(only, model).filter((node) => !text || fits(node, text));
    return sorted(all, sort.by, sort.down);
  }, [model, q, only, sort]);
  const list = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 34,
    overscan: 15,
  });
  const picks = picksOf(search.nodes);
  const save = (): void => saveFile(`${run.metadata?.name ?? "run"}.csv`, "text/csv", csvOf(nodes));
  return (
    <div className="nodes">
      <div className="view-bar">
        <span className="dim" role="status">
          {nodes.length === 1 ? "1 node" : `${nodes.length} nodes`}
        </span>
        <FilterMenu />
        <button type="button" className="button quiet" onClick={save}>
          <Download size={14} aria-hidden />
          CSV
        </button>
      </div>
      <div
        ref={scroll}
        className="nodes-scroll"
        role="table"
        aria-label="Nodes"
        tabIndex={0}
        aria-rowcount={nodes.length + 1}
      >
        <div role="row" aria-rowindex={1} className="nodes-row nodes-head">
          <span role="columnheader">
            <span className="visually-hidden">Chosen</span>
          </span>
          {COLUMNS.map(([column, title]) => (
            <span
              key={column}
              role="columnheader"
              aria-sort={sort.by === column ? (sort.down ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                onClick={() => setSort({ by: column, down: sort.by === column && !sort.down })}
              >
                {title}
                {sort.by === column ? (sort.down ? " ↓" : " ↑") : ""}
              </button>
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: list.getTotalSize(), position: "relative" }}>
          {list.getVirtualItems().map((item) => {
            const node = nodes[item.index];
            if (!node) return null;
            return (
              <div
                key={node.id}
                role="row"
                data-node={node.id}
                aria-rowindex={item.index + 2}
                className={node.id === search.nodeId || picks.has(node.id) ? "nodes-row chosen" : "nodes-row"}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span role="cell">
                  <input
                    type="checkbox"
                    aria-label={`Choose ${node.name}`}
                    checked={picks.has(node.id)}
                    onChange={() => change({ nodes: flippedPick(search.nodes, node.id) })}
                  />
                </span>
                <span role="cell">
                  <Phase phase={node.phase} />
                </span>
                <span role="cell">
                  <button type="button" className="link" onClick={() => change({ nodeId: node.id })}>
                    {node.name}
                  </button>
                </span>
                <span role="cell">{node.status.type}</span>
                <span role="cell">{node.status.templateName ?? node.status.templateRef?.template}</span>
                <span role="cell">{ago(node.status.startedAt, now)}</span>
                <span role="cell">
                  {duration(seconds(node.status.startedAt, node.status.finishedAt, now))}
                </span>
                <span role="cell">{node.status.outputs?.exitCode}</span>
                <span role="cell" title={node.status.message}>
                  {node.status.message}
                </span>
                <span role="cell" title={cell(node, "inputs")}>
                  {cell(node, "inputs")}
                </span>
                <span role="cell">{node.status.hostNodeName}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
