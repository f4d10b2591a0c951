import { Background, ControlButton, Controls, ReactFlow, useReactFlow, useStore } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { Maximize } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useMemo, useRef } from "react";
import { useRunView } from "../features/run/context";
import { clicked, flippedPick } from "../features/run/picks";
import { Box, type BoxNode } from "./box";
import { Ground } from "./ground";
import { useMarks } from "./marks";
import { Minimap } from "./minimap";
import type { Rect } from "./nested";
import type { Picture } from "./paint";
import type { Scene } from "./scene";
import { FEW, LEGIBLE, windowKey, within } from "./sight";
import { useSight } from "./use-sight";
import { neighbour } from "./walk";

const NODES = { box: Box };
const NONE: BoxNode[] = [];
const MINIMAP_FROM = 30;

interface Props {
  scene: Scene;
  places: ReadonlyMap<string, Rect>;
  picture: Picture;
  /** What to open on when not everything can be read. */
  first: string | undefined;
}

/** The plane that is moved: a canvas for links and what is small, elements for the boxes that can be read. */
export function Flow({ scene, places, picture, first }: Props) {
  const { change, search, bare } = useRunView();
  const marks = useMarks();
  const flow = useReactFlow();
  const area = useRef<HTMLDivElement>(null);
  const sight = useSight(places, marks.chosen, first);
  const small = useStore((state) => state.transform[2] < LEGIBLE) && scene.nodes.size > FEW;
  const key = useStore(({ transform: [x, y, zoom], width, height }) =>
    windowKey({ x, y, zoom }, { width, height }),
  );
  const nodes = useMemo(() => {
    if (small) return NONE;
    const seen = within(key, places);
    const found: BoxNode[] = [];
    for (const each of scene.nodes.values()) {
      const place = places.get(each.id);
      if (!place || !seen.has(each.id)) continue;
      found.push({
        id: each.id,
        type: "box",
        position: { x: place.x, y: place.y },
        width: place.width,
        height: place.height,
        zIndex: place.depth,
        data: each,
      });
    }
    return found;
  }, [scene, places, key, small]);
  const known = (id: string | undefined): id is string =>
    id !== undefined && scene.nodes.get(id)?.planned === false;
  const pick = (id: string | undefined): void => {
    if (known(id)) change({ nodes: flippedPick(search.nodes, id) });
  };
  const click = (event: MouseEvent, id: string | undefined): void => {
    // Alone it has no inspector: there a click is for choosing several.
    if (bare) pick(id);
    else if (known(id)) change(clicked(event, search, id));
  };
  const under = (event: MouseEvent | globalThis.MouseEvent): string | undefined => {
    if (!small) return undefined;
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const hit = ({ rect }: Picture["boxes"][number]): boolean =>
      x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height;
    return picture.boxes.findLast(hit)?.id;
  };
  const keys = (event: KeyboardEvent): void => {
    const next = neighbour(scene.links, places, marks.chosen, event.key, scene.down);
    if (next !== undefined) {
      if (known(next)) change({ nodeId: next });
    } else if (event.key === "x" || (bare && event.key === "Enter")) pick(marks.chosen);
    else if (event.key === "+" || event.key === "=") void flow.zoomIn();
    else if (event.key === "-") void flow.zoomOut();
    else if (event.key === "0") sight.fit();
    else if (event.key === " " && marks.chosen !== undefined && scene.nodes.get(marks.chosen)?.group)
      marks.flip(marks.chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={area}
      className="graph"
      role="region"
      aria-label="Graph: arrows walk along its links, space folds, x chooses several, plus, minus and 0 zoom"
      tabIndex={0}
      onKeyDown={keys}
    >
      <ReactFlow<BoxNode>
        nodes={nodes}
        nodeTypes={NODES}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        minZoom={0.03}
        maxZoom={2}
        proOptions={{ hideAttribution: true }}
        onMoveStart={(event) => {
          if (event) sight.touched();
        }}
        onNodeClick={(event, node) => click(event, node.id)}
        onPaneClick={(event) => click(event, under(event))}
        onPaneMouseMove={(event) => {
          const id = under(event);
          if (area.current) area.current.title = (id && scene.nodes.get(id)?.name) ?? "";
        }}
      >
        <Background gap={22} />
        <Ground picture={picture} boxes={small} chosen={small ? places.get(marks.chosen ?? "") : undefined} />
        <Controls showInteractive={false} showFitView={false} position="bottom-left">
          <ControlButton onClick={sight.fit} aria-label="Show all" title="Show all">
            <Maximize size={14} aria-hidden />
          </ControlButton>
        </Controls>
      </ReactFlow>
      {scene.nodes.size > MINIMAP_FROM && <Minimap picture={picture} />}
    </div>
  );
}
