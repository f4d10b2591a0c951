import { Handle, type Node, type NodeProps, Position, useStore } from "@xyflow/react";
import { Layers, Minus, Plus, RotateCw } from "lucide-react";
import { memo } from "react";
import { Phase } from "../components/phase";
import { useRunView } from "../features/run/context";
import { Counts } from "./counts";
import type { SceneNode } from "./scene";

export type BoxNode = Node<SceneNode & { dim: boolean; again: boolean; chosen: boolean }, "box">;

/** Below this zoom boxes are only colours. */
const LEGIBLE = 0.42;

/** One box of the graph: a node, a folded group, or the frame of an open one. */
export const Box = memo(function Box({ data }: NodeProps<BoxNode>) {
  const { folds } = useRunView();
  const small = useStore((state) => state.transform[2] < LEGIBLE);
  const classes = [
    "box",
    `phase-${data.phase.toLowerCase()}`,
    data.open ? "frame" : "",
    data.planned ? "planned" : "",
    data.chosen ? "chosen" : "",
    data.dim ? "faded" : "",
    data.again ? "again" : "",
    small ? "small" : "",
  ];
  return (
    <div className={classes.filter(Boolean).join(" ")}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="box-line">
        {!small && <Phase phase={data.phase} bare />}
        <button type="button" className="box-name nodrag" disabled={data.planned} title={data.name}>
          {small ? <span className="visually-hidden">{data.name}</span> : data.name}
          {data.planned && <span className="visually-hidden"> planned</span>}
        </button>
        {(data.node?.attempts.length ?? 0) > 1 && !small && (
          <span className="box-attempts" title={`${data.node?.attempts.length ?? 0} attempts`}>
            <Layers size={12} aria-hidden />
            {data.node?.attempts.length}
          </span>
        )}
        {data.again && !small && (
          <span className="box-again">
            <RotateCw size={12} aria-hidden />
            <span className="visually-hidden">runs again</span>
          </span>
        )}
        {data.group && (
          <button
            type="button"
            className="box-fold nodrag"
            aria-label={`${data.open ? "Fold" : "Open"} ${data.name}`}
            aria-expanded={data.open}
            onClick={(event) => {
              event.stopPropagation();
              folds.flip(data.id);
            }}
          >
            {data.open ? <Minus size={13} aria-hidden /> : <Plus size={13} aria-hidden />}
          </button>
        )}
      </div>
      {data.node?.kind === "loop" && !data.open && <Counts counts={data.node.counts} />}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});
