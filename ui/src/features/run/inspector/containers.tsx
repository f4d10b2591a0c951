import type { Template } from "../../../api/types";
import { useRunView } from "../context";
import type { RunNode } from "../model";
import { templateOf } from "../templates";

interface Shown {
  role: string;
  name: string;
  image: string | undefined;
  command: string;
  source: string | undefined;
}

/** What a node's pod consists of, as its template says. */
export function Containers({ node }: { node: RunNode }) {
  const { run, change } = useRunView();
  const template = templateOf(run, node.status);
  const shown = template ? containersOf(template) : [];
  if (shown.length === 0) return <p className="dim">This node has no containers.</p>;
  return shown.map((container) => (
    <section key={`${container.role}/${container.name}`} className="value">
      <header>
        <h3>
          {container.name} <span className="dim">{container.role}</span>
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
      {container.command && <pre>{container.command}</pre>}
      {container.source && <pre>{container.source}</pre>}
    </section>
  ));
}

interface ContainerLike {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  source?: string;
}

function containersOf(template: Template): Shown[] {
  const one = (role: string, container: ContainerLike): Shown => ({
    role,
    name: container.name ?? "main",
    image: container.image,
    command: [...(container.command ?? []), ...(container.args ?? [])].join(" "),
    source: container.source,
  });
  const main: ContainerLike | undefined = template.container ?? template.script;
  return [
    ...((template.initContainers ?? []) as ContainerLike[]).map((each) => one("init", each)),
    ...(main ? [one("main", { ...main, name: "main" })] : []),
    ...((template.containerSet?.containers ?? []) as ContainerLike[]).map((each) => one("container", each)),
    ...((template.sidecars ?? []) as ContainerLike[]).map((each) => one("sidecar", each)),
  ];
}
