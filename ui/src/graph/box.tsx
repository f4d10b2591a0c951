import type { Node, NodeProps } from "@xyflow/react";
import { Database, Layers, Minus, Plus, RotateCw } from "lucide-react";
import { memo } from "react";
import { Phase } from "../components/phase";
import { Counts } from "./counts";
import { useMarks } from "./marks";
import { Ring } from "./ring";
import type { SceneNode } from "./scene";

export type BoxNode = Node<SceneNode, "box">;

/** One box of the graph: a node, a folded group, or the frame of an open one. */
export const Box = memo(function Box({ data }: NodeProps<BoxNode>) {
  const marks = useMarks();
  const again = marks.again(data.id);
  const classes = [
    "box",
    `phase-${data.phase.toLowerCase()}`,
    data.planned ? "" : marks.look(data.node),
    data.open ? "frame" : "",
    data.planned ? "planned" : "",
    data.id === marks.chosen ? "chosen" : "",
    marks.picked.has(data.id) ? "picked" : "",
    marks.faded(data.id) ? "faded" : "",
    marks.critical.has(data.id) ? "critical" : "",
    again ? "again" : "",
  ];
  return <Drawn data={data} look={classes.filter(Boolean).join(" ")} again={again} flip={marks.flip} />;
});

interface DrawnProps {
  data: SceneNode;
  look: string;
  again: boolean;
  flip: (id: string) => void;
}

/** Drawn anew only when this box looks different: marks change for all boxes at once. */
const Drawn = memo(function Drawn({ data, look, again, flip }: DrawnProps) {
  const attempts = data.node?.attempts.length ?? 0;
  return (
    <div className={look} data-node={data.id}>
      <div className="box-line">
        {data.planned ? null : <Phase phase={data.phase} bare />}
        <button
          type="button"
          className="box-name nodrag"
          tabIndex={-1}
          disabled={data.planned}
          title={data.proviso ? `${data.name}, ${data.proviso}` : data.name}
        >
          {data.name}
          {data.proviso && <span className="visually-hidden"> {data.proviso}</span>}
          {data.planned && <span className="visually-hidden"> planned</span>}
        </button>
        {data.node && data.phase === "Running" && <Ring status={data.node.status} />}
        {data.node?.status.memoizationStatus?.hit && (
          <span className="box-attempts" title="From the cache">
            <Database size={12} aria-hidden />
            <span className="visually-hidden">from the cache</span>
          </span>
        )}
        {attempts > 1 && (
          <span className="box-attempts" title={`${attempts} attempts`}>
            <Layers size={12} aria-hidden />
            {attempts}
          </span>
        )}
        {again && (
          <span className="box-again">
            <RotateCw size={12} aria-hidden />
            <span className="visually-hidden">runs again</span>
          </span>
        )}
        {data.group && (
          <button
            type="button"
            className="box-fold nodrag"
            tabIndex={-1}
            aria-label={`${data.open ? "Fold" : "Open"} ${data.name}`}
            aria-expanded={data.open}
            onClick={(event) => {
              event.stopPropagation();
              flip(data.id);
            }}
          >
            {data.open ? <Minus size={13} aria-hidden /> : <Plus size={13} aria-hidden />}
          </button>
        )}
      </div>
      {data.node?.kind === "loop" && !data.open && <Counts counts={data.node.counts} />}
    </div>
  );
});
