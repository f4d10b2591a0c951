/** What starts what: sources, sensors, bindings, templates and their newest runs, as the graph wants it; pure. */
import type { Binding, EventSource, Sensor } from "../../api/events";
import type { NodeStatus, Workflow } from "../../api/types";

export interface FlowParts {
  sources: readonly EventSource[];
  sensors: readonly Sensor[];
  bindings: readonly Binding[];
  runs: readonly Workflow[];
}

/** Runs shown behind each trigger. */
const NEWEST = 2;
export const BINDING_LABEL = "workflows.argoproj.io/workflow-event-binding";
export const SENSOR_LABEL = "events.argoproj.io/sensor";

/** One way from events to runs, in words. */
export interface Way {
  kind: "WorkflowEventBinding" | "Sensor";
  namespace: string;
  name: string;
  /** What it waits for. */
  waits: string;
  /** What it starts. */
  starts: string;
  /** Its runs that are known, newest first. */
  runs: Workflow[];
}

const runsWith = (runs: readonly Workflow[], label: string, value: string): Workflow[] =>
  runs.filter((each) => each.metadata?.labels?.[label] === value);
const counted = (name: string, runs: readonly Workflow[]): string =>
  runs.length > 0 ? `${name} ×${runs.length}` : name;

/** What waits for events, each with what it starts and the runs of it; those that started something last come first. */
export function waysOf({ sensors, bindings, runs }: FlowParts): Way[] {
  const ways = [
    ...bindings.map((binding): Way => {
      const name = binding.metadata?.name ?? "";
      return {
        kind: "WorkflowEventBinding",
        namespace: binding.metadata?.namespace ?? "",
        name,
        waits: binding.spec?.event?.selector || "every event",
        starts: binding.spec?.submit?.workflowTemplateRef?.name ?? "",
        runs: runsWith(runs, BINDING_LABEL, name),
      };
    }),
    ...sensors.map((sensor): Way => {
      const name = sensor.metadata?.name ?? "";
      const waits = (sensor.spec?.dependencies ?? []).map((each) => each.eventName ?? each.name ?? "");
      const starts = (sensor.spec?.triggers ?? []).map((each) => each.template?.name ?? "");
      return {
        kind: "Sensor",
        namespace: sensor.metadata?.namespace ?? "",
        name,
        waits: waits.join(", "),
        starts: starts.join(", "),
        runs: runsWith(runs, SENSOR_LABEL, name),
      };
    }),
  ];
  const last = (way: Way): string => way.runs[0]?.metadata?.creationTimestamp ?? "";
  return ways.sort((a, b) => last(b).localeCompare(last(a)) || a.name.localeCompare(b.name));
}

/** The events that a source offers: `webhook: {example: …}` is the event `example`. */
export function eventsOf(source: EventSource): { kind: string; name: string }[] {
  return Object.entries(source.spec ?? {}).flatMap(([kind, events]) =>
    typeof events === "object" && events !== null && !["template", "service", "replicas"].includes(kind)
      ? Object.keys(events).map((name) => ({ kind, name }))
      : [],
  );
}

/** The flow as a run that has no beginning: each box is a node, the runs have their phases. */
export function flowOf({ sources, sensors, bindings, runs }: FlowParts): Workflow {
  const root = "events";
  const nodes: Record<string, NodeStatus> = {
    [root]: { id: root, name: root, displayName: root, type: "DAG", phase: "Planned", children: [] },
  };
  const add = (id: string, displayName: string, templateName: string, phase = "Planned"): string => {
    nodes[id] ??= {
      id,
      name: id,
      displayName,
      templateName,
      type: "Pod",
      phase,
      boundaryID: root,
      children: [],
    };
    return id;
  };
  const link = (from: string, to: string): void => {
    const node = nodes[from];
    if (node && !node.children?.includes(to)) node.children = [...(node.children ?? []), to];
  };
  const follow = (from: string, label: string, value: string): void => {
    for (const run of runsWith(runs, label, value).slice(0, NEWEST)) {
      const name = run.metadata?.name ?? "";
      link(from, add(`run/${name}`, name, "run", run.status?.phase ?? "Pending"));
    }
  };
  for (const source of sources)
    for (const event of eventsOf(source))
      add(`source/${source.metadata?.name ?? ""}/${event.name}`, `${event.name} (${event.kind})`, event.kind);
  for (const sensor of sensors) {
    const name = sensor.metadata?.name ?? "";
    const here = add(`sensor/${name}`, counted(name, runsWith(runs, SENSOR_LABEL, name)), "sensor");
    for (const each of sensor.spec?.dependencies ?? []) {
      const event = `source/${each.eventSourceName ?? ""}/${each.eventName ?? ""}`;
      link(add(event, each.eventName ?? "", "missing event"), here);
    }
    for (const { template } of sensor.spec?.triggers ?? []) {
      const trigger = add(`trigger/${name}/${template?.name ?? ""}`, template?.name ?? "", "trigger");
      link(here, trigger);
      follow(trigger, SENSOR_LABEL, name);
    }
  }
  for (const binding of bindings) {
    const name = binding.metadata?.name ?? "";
    const reference = binding.spec?.submit?.workflowTemplateRef;
    const event = add(`event/${name}`, binding.spec?.event?.selector || "every event", "event");
    const here = add(`binding/${name}`, counted(name, runsWith(runs, BINDING_LABEL, name)), "binding");
    link(event, here);
    const template = reference?.name ?? "";
    const place = reference?.clusterScope ? "cluster template" : "template";
    const target = add(`template/${place}/${template}`, template, place);
    link(here, target);
    follow(target, BINDING_LABEL, name);
  }
  return { metadata: { name: root }, status: { nodes, finishedAt: "never" } };
}
