import { expect, it } from "vitest";
import { eventsOf, flowOf, waysOf } from "./flow";

const source = {
  metadata: { name: "hooks" },
  spec: { service: { ports: [] }, webhook: { push: { port: "1" }, tag: {} } },
};

it("knows the events of a source", () => {
  expect(eventsOf(source)).toEqual([
    { kind: "webhook", name: "push" },
    { kind: "webhook", name: "tag" },
  ]);
});

it("leads from events over sensors and bindings to the newest runs", () => {
  const run = (name: string) => ({
    metadata: { name, labels: { "workflows.argoproj.io/workflow-event-binding": "on-push" } },
    status: { phase: "Succeeded" },
  });
  const nodes =
    flowOf({
      sources: [source],
      sensors: [
        {
          metadata: { name: "build" },
          spec: {
            dependencies: [{ name: "a", eventSourceName: "hooks", eventName: "push" }],
            triggers: [{ template: { name: "start" } }],
          },
        },
      ],
      bindings: [
        {
          metadata: { name: "on-push" },
          spec: {
            event: { selector: "payload.x" },
            submit: { workflowTemplateRef: { name: "ci" } },
          },
        },
      ],
      runs: [run("ci-3"), run("ci-2"), run("ci-1")],
    }).status?.nodes ?? {};
  const to = (id: string) => nodes[id]?.children;
  expect(to("source/hooks/push")).toEqual(["sensor/build"]);
  expect(to("sensor/build")).toEqual(["trigger/build/start"]);
  expect(to("event/on-push")).toEqual(["binding/on-push"]);
  expect(to("template/template/ci")).toEqual(["run/ci-3", "run/ci-2"]);
});

it("says of each way what it waits for, what it starts and what it started", () => {
  const run = (name: string, creationTimestamp: string) => ({
    metadata: { name, creationTimestamp, labels: { "workflows.argoproj.io/workflow-event-binding": name } },
  });
  const binding = (name: string, selector?: string) => ({
    metadata: { name },
    spec: { event: { selector }, submit: { workflowTemplateRef: { name: "ci" } } },
  });
  const parts = {
    sources: [],
    sensors: [],
    bindings: [binding("quiet"), binding("old", "payload.a"), binding("new")],
    runs: [run("new", "2026-01-02T00:00:00Z"), run("old", "2026-01-01T00:00:00Z")],
  } as unknown as Parameters<typeof waysOf>[0];
  expect(waysOf(parts).map(({ name, waits, starts, runs }) => [name, waits, starts, runs.length])).toEqual([
    ["new", "every event", "ci", 1],
    ["old", "payload.a", "ci", 1],
    ["quiet", "every event", "ci", 0],
  ]);
  expect(flowOf(parts).status?.nodes?.["binding/new"]?.displayName).toBe("new ×1");
});
