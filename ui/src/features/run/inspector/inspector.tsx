import { X } from "lucide-react";
import { useId } from "react";
import { isOver } from "../../../api/phases";
import { InfoLinks } from "../../../components/info-links";
import { Notice } from "../../../components/notice";
import { Phase } from "../../../components/phase";
import { Tabs } from "../../../components/tabs";
import { useRunView } from "../context";
import { logOf } from "../log-of";
import type { RunNode } from "../model";
import { podOf } from "../pod-of";
import { phaseName } from "../../../components/phase";
import { Approve } from "./approve";
import { Attempts } from "./attempts";
import { Containers } from "./containers";
import { Failures } from "./failures";
import { NodeEvents } from "./node-events";
import { NodeManifest } from "./node-manifest";
import { Overview } from "./overview";
import { Values } from "./values";
import "./inspector.css";

const TABS = [
  ["overview", "Overview"],
  ["inputs", "Inputs"],
  ["outputs", "Outputs"],
  ["containers", "Containers"],
  ["events", "Events"],
  ["manifest", "Manifest"],
] as const;
type Tab = (typeof TABS)[number][0];

/** All about the chosen node. */
export default function Inspector({ id }: { id: string }) {
  const { run, model, search, change } = useRunView();
  const panel = useId();
  const node = find(id, model.nodes, run.status?.nodes ?? {});
  const tab: Tab = TABS.find(([name]) => name === search.nodePanelView?.toLowerCase())?.[0] ?? "overview";
  const log = node && (node.kind === "loop" ? `logs:${node.id}:main` : logOf(node.status));
  // A container of a set is no node of its own for a retry, nor is a loop.
  const alone = node?.kind === "node" && node.status.type !== "Container";
  return (
    <aside className="inspector" aria-label="Chosen node">
      <header>
        {node && <Phase phase={node.phase} bare />}
        <h2>{node?.name ?? id}</h2>
        <button
          type="button"
          className="button quiet icon"
          aria-label="Close"
          onClick={() => change({ nodeId: undefined, nodePanelView: undefined })}
        >
          <X size={16} aria-hidden />
        </button>
      </header>
      {!node ? (
        <Notice title="Not started yet">
          This node is planned, or the address names one that is not there.
        </Notice>
      ) : (
        <>
          <div className="inspector-actions">
            {log && (
              <button
                type="button"
                className="button"
                onClick={() => change({ sidePanel: log, line: undefined })}
              >
                Logs
              </button>
            )}
            {alone && isOver(run.status?.phase) && (
              <button type="button" className="button" onClick={() => change({ ask: "node" })}>
                Run again from here…
              </button>
            )}
            {node.status.type === "Pod" && <InfoLinks scope="pod" of={podOf(run, node.status)} />}
            {node.status.type === "Pod" && <InfoLinks scope="pod-logs" of={podOf(run, node.status)} />}
          </div>
          {node.phase === "Suspended" && <Approve node={node} />}
          <Tabs
            label="About the node"
            tabs={TABS}
            chosen={tab}
            choose={(next) => change({ nodePanelView: next })}
            panel={panel}
          />
          <div id={panel} role="tabpanel" aria-label={tab} className="panel-scroll" tabIndex={0}>
            {tab === "overview" && (
              <>
                <Overview node={node} />
                <Attempts node={node} />
                {node.kind === "loop" && <Failures loop={node} />}
              </>
            )}
            {tab === "inputs" && <Values side="inputs" status={node.status} />}
            {tab === "outputs" && <Values side="outputs" status={lastOf(node)} />}
            {tab === "containers" && <Containers node={node} />}
            {tab === "events" && <NodeEvents node={node} />}
            {tab === "manifest" && <NodeManifest node={node} />}
          </div>
        </>
      )}
    </aside>
  );
}

function lastOf(node: RunNode): RunNode["status"] {
  return node.status.outputs ? node.status : (node.attempts.at(-1) ?? node.status);
}

/** A node of the model, or one that only stands behind another, such as an attempt. */
function find(
  id: string,
  nodes: ReadonlyMap<string, RunNode>,
  all: Readonly<Record<string, RunNode["status"]>>,
): RunNode | undefined {
  const status = all[id];
  return (
    nodes.get(id) ??
    (status && {
      id,
      name: status.displayName ?? id,
      kind: "node",
      phase: phaseName(status.phase),
      status,
      parent: null,
      inside: [],
      attempts: [],
      counts: {},
    })
  );
}
