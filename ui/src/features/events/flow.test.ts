import { expect, it } from "vitest";
import { eventsOf, flowOf } from "./flow";

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
