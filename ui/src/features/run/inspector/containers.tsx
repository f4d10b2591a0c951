import type { Template } from "../../../api/types";
import type { PodTimes } from "../../../api/workflows";
import { useNow } from "../../../components/now";
import { duration, seconds } from "../../../components/time";
import { useRunView } from "../context";
import type { RunNode } from "../model";
import { templateOf } from "../templates";
import { useKnown } from "../use-known";

interface Shown {
  role: string;
  name: string;
  image: string | undefined;
  command: string;
  source: string | undefined;
  /** Probes, mounts and limits, in words. */
  more: string;
  /** `NAME=value`; of secrets and the like only where they come from. */
  env: string[];
}

/** What a node's pod consists of, as its template says. */
export function Containers({ node }: { node: RunNode }) {
  const { run, change } = useRunView();
  const now = useNow();
  const times = useTimesOf(node);
  const template = templateOf(run, node.status);
  const shown = template ? containersOf(template) : [];
  if (shown.length === 0) return <p className="dim">This node has no containers.</p>;
  return shown.map((container) => (
    <section key={`${container.role}/${container.name}`} className="value">
      <header>
        <h3>
          {container.name}{" "}
          {container.role !== container.name && <span className="dim">{container.role}</span>}
        </h3>
        <button
          type="button"
          className="button quiet"
          onClick={() => change({ sidePanel: `logs:${node.id}:${container.name}`, line: undefined })}
        >
          Log
        </button>
      </header>
      <p className="mono">{container.image}</p>
      <Ran times={times.get(container.name)} now={now} />
      {container.command && <pre>{container.command}</pre>}
      {container.source && <pre>{container.source}</pre>}
      {container.more && <p className="dim">{container.more}</p>}
      {container.env.length > 0 && <pre aria-label="Environment">{container.env.join("\n")}</pre>}
    </section>
  ));
}

/** When the containers of a node's pod ran, those of the last attempt; by their names. */
function useTimesOf(node: RunNode): ReadonlyMap<string, Times> {
  const { run } = useRunView();
  const { containers } = useKnown(run);
  const pod = node.status.type === "Container" ? node.parent : (node.attempts.at(-1)?.id ?? node.id);
  return new Map((containers.get(pod ?? "") ?? []).map((each) => [each.name, each]));
}

type Times = PodTimes["containers"][number];

function Ran({ times, now }: { times: Times | undefined; now: number }) {
  if (!times?.startedAt) return null;
  const took = duration(seconds(times.startedAt, times.finishedAt, now));
  return (
    <p className="dim">
      {times.finishedAt ? "Ran for" : "Has been running for"} {took}, from{" "}
      {new Date(times.startedAt).toLocaleTimeString()}
      {times.exitCode !== null && `; exit code ${times.exitCode}`}
    </p>
  );
}

interface ContainerLike {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  source?: string;
  env?: { name?: string; value?: string; valueFrom?: object }[];
  livenessProbe?: object;
  readinessProbe?: object;
  startupProbe?: object;
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  volumeMounts?: { name?: string; mountPath?: string }[];
}

function containersOf(template: Template): Shown[] {
  const one = (role: string, container: ContainerLike): Shown => ({
    role,
    name: container.name ?? "main",
    image: container.image,
    command: [...(container.command ?? []), ...(container.args ?? [])].join(" "),
    source: container.source,
    more: [
      listed("asks for", container.resources?.requests),
      listed("at most", container.resources?.limits),
      listed(
        "mounts",
        Object.fromEntries(
          (container.volumeMounts ?? []).map(({ name = "", mountPath }) => [name, mountPath]),
        ),
      ),
      listed("probes", {
        startup: container.startupProbe,
        readiness: container.readinessProbe,
        liveness: container.livenessProbe,
      }),
    ]
      .filter(Boolean)
      .join("; "),
    env: (container.env ?? []).map(variable),
  });
  const main: ContainerLike | undefined = template.container ?? template.script;
  return [
    ...((template.initContainers ?? []) as ContainerLike[]).map((each) => one("init", each)),
    ...(main ? [one("main", { ...main, name: "main" })] : []),
    ...((template.containerSet?.containers ?? []) as ContainerLike[]).map((each) => one("container", each)),
    ...((template.sidecars ?? []) as ContainerLike[]).map((each) => one("sidecar", each)),
  ];
}

/** `mounts work /work, data /data`; of what is no plain value only the name; empty for nothing. */
function listed(
  word: string,
  values: Readonly<Record<string, string | number | object | undefined>> = {},
): string {
  const parts = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === "object" ? name : `${name} ${value ?? ""}`));
  return parts.length > 0 ? `${word} ${parts.join(", ")}` : "";
}

/** A variable of the environment; the values of secrets are not in the run, so nothing has to be hidden. */
function variable({ name = "", value = "", valueFrom }: NonNullable<ContainerLike["env"]>[number]): string {
  const [[kind, place] = []] = Object.entries(valueFrom ?? {}) as [string, Record<string, unknown>][];
  if (kind === undefined || place === undefined) return `${name}=${value}`;
  const from = [place["name"], place["key"] ?? place["fieldPath"] ?? place["resource"]].filter(Boolean);
  return `${name} from ${kind.replace(/Ref$/, "")} ${from.join("/")}`;
}
