/** What differs between two runs; pure. */
import type { NodeStatus, Workflow } from "../../api/types";
import { seconds } from "../../components/time";

export interface Pair {
  name: string;
  a: string | undefined;
  b: string | undefined;
}

/** Parameters of both runs by name. */
export function parameterPairs(a: Workflow, b: Workflow): Pair[] {
  const of = (run: Workflow): Map<string, string> =>
    new Map(
      (run.spec?.arguments?.parameters ?? []).map((each) => [
        each.name ?? "",
        String(each.value ?? each.default ?? ""),
      ]),
    );
  const [left, right] = [of(a), of(b)];
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => ({
    name,
    a: left.get(name),
    b: right.get(name),
  }));
}

export interface StepPair {
  name: string;
  a: NodeStatus | undefined;
  b: NodeStatus | undefined;
  /** Seconds; null while one has none. */
  slower: number | null;
  /** Names of outputs that differ. */
  outputs: string[];
}

/** Steps of both runs by their place in the run, in the order of the first. */
export function stepPairs(a: Workflow, b: Workflow): StepPair[] {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => {
    const [one, two] = [left.get(name), right.get(name)];
    const took = (node: NodeStatus | undefined): number | null =>
      node?.finishedAt ? seconds(node.startedAt, node.finishedAt, 0) : null;
    const [before, after] = [took(one), took(two)];
    return {
      name: name || "the run",
      a: one,
      b: two,
      slower: before === null || after === null ? null : after - before,
      outputs: changedOutputs(one, two),
    };
  });
}

/** Steps by their name without that of the run; helpers are left out. */
function stepsOf(run: Workflow): Map<string, NodeStatus> {
  const own = run.metadata?.name ?? "";
  const nodes = Object.values(run.status?.nodes ?? {}).filter(
    (node) => node.type !== "StepGroup" && node.type !== "TaskGroup",
  );
  const start = (node: NodeStatus): string => node.startedAt ?? "~";
  nodes.sort((one, two) => start(one).localeCompare(start(two)));
  return new Map(nodes.map((node) => [(node.name ?? "").replace(own, ""), node]));
}

function changedOutputs(a: NodeStatus | undefined, b: NodeStatus | undefined): string[] {
  if (!a || !b) return [];
  const of = (node: NodeStatus): Map<string, string> =>
    new Map([
      ...(node.outputs?.parameters ?? []).map((each): [string, string] => [
        each.name ?? "",
        String(each.value ?? ""),
      ]),
      ...(node.outputs?.result === undefined ? [] : [["result", node.outputs.result] as [string, string]]),
    ]);
  const [left, right] = [of(a), of(b)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name));
}
