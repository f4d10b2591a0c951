/** Where the kinds of events have their pages, and what people call them. */
import type { EventKind } from "../../api/events";

export const EVENT_PAGES = {
  WorkflowEventBinding: {
    one: "binding",
    plural: "bindings",
    list: "/workflow-event-bindings/$namespace",
    to: "/workflow-event-bindings/$namespace/$name",
  },
  EventSource: {
    one: "event source",
    plural: "event sources",
    list: "/event-sources/$namespace",
    to: "/event-sources/$namespace/$name",
  },
  Sensor: { one: "sensor", plural: "sensors", list: "/sensors/$namespace", to: "/sensors/$namespace/$name" },
} as const satisfies Record<EventKind, { one: string; plural: string; list: string; to: string }>;
