import { hasFailed } from "../../../api/phases";
import type { NodeStatus } from "../../../api/types";
import { podName } from "../../../api/workflows";
import { itemsOf } from "../../../graph/facets";
import { type Fact, Facts } from "../../../components/facts";
import { useNow } from "../../../components/now";
import { type PhaseName, Phase } from "../../../components/phase";
import { duration, momentText, seconds } from "../../../components/time";
import { resourcesOf } from "../conditions";
import { useRunView } from "../context";
import { provisosOf } from "../provisos";
import type { RunNode } from "../model";

/** The facts of a node. */
export function Overview({ node }: { node: RunNode }) {
  const { run, model } = useRunView();
  const now = useNow();
  const { status } = node;
  const pod = status.type === "Pod" ? podName(run.metadata?.name ?? "", status) : undefined;
  const hosts = failedHosts(node);
  const facts: Fact[] =
    node.kind === "loop"
      ? Object.entries(node.counts).map(([phase, count]) => [
          phase,
          <Count key={phase} loop={node.id} phase={phase} count={count} />,
        ])
      : [
          ["Status", <Phase key="phase" phase={node.phase} />],
          ["Message", status.message],
          ["Type", status.type],
          ["Template", status.templateName ?? status.templateRef?.template],
          ["Condition", provisosOf(run, model).get(node.id)],
          ["From template", status.templateRef?.name],
          ["Started", momentText(status.startedAt)],
          ["Finished", momentText(status.finishedAt)],
          ["Duration", duration(seconds(status.startedAt, status.finishedAt, now))],
          ["Progress", status.progress],
          ["Exit code", status.outputs?.exitCode],
          ["Pod", pod],
          ["Host", status.hostNodeName],
          ["Failed on", hosts.join(", ")],
          ["Resources", resourcesOf(status.resourcesDuration)],
          ["Memoized", memoized(status)],
          ["Waits for", status.synchronizationStatus?.waiting],
          ["Id", status.id],
        ];
  return <Facts facts={facts} />;
}

/** The machines on which attempts failed. */
function failedHosts({ attempts }: RunNode): string[] {
  const failed = attempts.filter(({ phase }) => hasFailed(phase));
  return [...new Set(failed.flatMap(({ hostNodeName }) => hostNodeName ?? []))];
}

function memoized({ memoizationStatus: found }: NodeStatus): string | undefined {
  if (!found) return undefined;
  const where = [found.cacheName, found.key].filter(Boolean).join("/");
  return `${found.hit ? "found" : "not found"} in ${where}`;
}

/** Items of a loop in one phase; the table shows which. */
function Count({ loop, phase, count }: { loop: string; phase: string; count: number }) {
  const { change } = useRunView();
  return (
    <button
      type="button"
      className={`link phase phase-${(phase as PhaseName).toLowerCase()}`}
      title="In the table"
      onClick={() => change({ tab: "table", q: undefined, only: itemsOf(loop, phase) })}
    >
      {count} {count === 1 ? "item" : "items"}
    </button>
  );
}
