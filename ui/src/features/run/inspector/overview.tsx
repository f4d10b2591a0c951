import type { ReactNode } from "react";
import { podName } from "../../../api/workflows";
import { useNow } from "../../../components/now";
import { type PhaseName, Phase } from "../../../components/phase";
import { duration, seconds } from "../../../components/time";
import { useRunView } from "../context";
import type { RunNode } from "../model";

/** The facts of a node. */
export function Overview({ node }: { node: RunNode }) {
  const { run } = useRunView();
  const now = useNow();
  const { status } = node;
  const pod = status.type === "Pod" ? podName(run.metadata?.name ?? "", status) : undefined;
  const facts: [string, ReactNode][] =
    node.kind === "loop"
      ? Object.entries(node.counts).map(([phase, count]) => [
          phase,
          <Count key={phase} phase={phase} count={count} />,
        ])
      : [
          ["Status", <Phase key="phase" phase={node.phase} />],
          ["Message", status.message],
          ["Type", status.type],
          ["Template", status.templateName ?? status.templateRef?.template],
          ["From template", status.templateRef?.name],
          ["Started", time(status.startedAt)],
          ["Finished", time(status.finishedAt)],
          ["Duration", duration(seconds(status.startedAt, status.finishedAt, now))],
          ["Progress", status.progress],
          ["Exit code", status.outputs?.exitCode],
          ["Pod", pod],
          ["Host", status.hostNodeName],
          [
            "Memoized",
            status.memoizationStatus?.hit === undefined
              ? undefined
              : status.memoizationStatus.hit
                ? "hit"
                : "miss",
          ],
          ["Waits for", status.synchronizationStatus?.waiting],
          ["Id", status.id],
        ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === undefined || value === "" || value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Count({ phase, count }: { phase: string; count: number }) {
  return (
    <span className={`phase phase-${(phase as PhaseName).toLowerCase()}`}>
      {count} {count === 1 ? "item" : "items"}
    </span>
  );
}

function time(moment: string | null | undefined): string | undefined {
  return moment ? new Date(moment).toLocaleString() : undefined;
}
