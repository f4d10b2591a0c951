import {
  Background,
  Controls,
  type Edge as FlowEdge,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type KeyboardEvent, useMemo } from "react";
import { Notice } from "../components/notice";
import { useRunView } from "../features/run/context";
import { fits } from "../features/run/rows";
import { planOf } from "../features/run/planned";
import { Box, type BoxNode } from "./box";
import "./graph.css";
import { sceneOf } from "./scene";
import { useLayout } from "./use-layout";

const NODES = { box: Box };

/** The graph of a run: pan, zoom, fold, choose; what is planned is drawn grey. */
export default function Canvas() {
  const { run, model, folds, search, change, marks } = useRunView();
  const plan = useMemo(() => planOf(run, model), [run, model]);
  const scene = useMemo(() => sceneOf(model, plan, folds.open), [model, plan, folds.open]);
  const places = useLayout(scene);
  const nodes = useMemo(() => {
    const found: BoxNode[] = [];
    for (const each of scene.nodes.values()) {
      const place = places?.get(each.id);
      if (!place) continue;
      const mark = marks?.get(each.id);
      const missed = search.q !== undefined && !(each.node && fits(each.node, search.q));
      const dim = missed || mark === "keep";
      found.push({
        id: each.id,
        type: "box",
        position: { x: place.x, y: place.y },
        width: place.width,
        height: place.height,
        zIndex: place.depth,
        data: { ...each, dim, again: mark === "again", chosen: each.id === search.nodeId },
      });
    }
    return found;
  }, [scene, places, search.q, search.nodeId, marks]);
  const edges = useMemo(
    () =>
      scene.links.map((link): FlowEdge => ({
        id: `${link.from}>${link.to}`,
        source: link.from,
        target: link.to,
        zIndex: (places?.get(link.from)?.depth ?? 0) + 1,
        className: scene.nodes.get(link.to)?.planned ? "edge planned" : "edge",
        focusable: false,
      })),
    [scene, places],
  );
  if (model.root === null)
    return (
      <Notice title="Nothing has started yet">
        {run.status?.message ?? "The graph appears as soon as the first step starts."}
      </Notice>
    );
  if (!places) return <div className="skeleton" role="status" aria-label="Laying out" />;
  const keys = (event: KeyboardEvent): void => {
    const next = neighbour(scene.links, search.nodeId, event.key);
    if (next === undefined) return;
    event.preventDefault();
    change({ nodeId: next });
  };
  return (
    <ReactFlowProvider>
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the boxes arrive here */}
      <div className="graph" onKeyDown={keys}>
        <ReactFlow<BoxNode>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODES}
          onlyRenderVisibleElements
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          zoomOnDoubleClick={false}
          minZoom={0.05}
          maxZoom={2}
          fitView
          fitViewOptions={{ maxZoom: 1, minZoom: 0.2, padding: 0.08 }}
          proOptions={{ hideAttribution: true }}
          onNodeClick={(_, node) => {
            if (!node.data.planned) change({ nodeId: node.id });
          }}
        >
          <Background gap={22} />
          <Controls showInteractive={false} position="bottom-left" />
          {nodes.length > 12 && (
            <MiniMap<BoxNode>
              pannable
              zoomable
              ariaLabel="Overview of the graph"
              nodeClassName={(node) => `mini phase-${node.data.phase.toLowerCase()}`}
            />
          )}
        </ReactFlow>
        <div className="graph-bar">
          <button type="button" className="button quiet" onClick={() => folds.all(true)}>
            Open all
          </button>
          <button type="button" className="button quiet" onClick={() => folds.all(false)}>
            Fold all
          </button>
        </div>
      </div>
    </ReactFlowProvider>
  );
}

/** Where an arrow leads from a node: along a link, to the first there is. */
function neighbour(
  links: readonly { from: string; to: string }[],
  here: string | undefined,
  key: string,
): string | undefined {
  if (here === undefined) return undefined;
  if (key === "ArrowRight") return links.find((link) => link.from === here)?.to;
  if (key === "ArrowLeft") return links.find((link) => link.to === here)?.from;
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
  const before = links.find((link) => link.to === here)?.from;
  const row = links.filter((link) => link.from === before).map((link) => link.to);
  return row[row.indexOf(here) + (key === "ArrowDown" ? 1 : -1)];
}
