/** What the editor of a new object begins with. */
import type { EventKind } from "../../api/events";

export const EVENT_EXAMPLES: Record<EventKind, string> = {
  WorkflowEventBinding: `apiVersion: argoproj.io/v1alpha1
kind: WorkflowEventBinding
metadata:
  name: on-message
spec:
  event:
    selector: payload.message != ""
  submit:
    workflowTemplateRef:
      name: hello
    arguments:
      parameters:
        - name: who
          valueFrom:
            event: payload.message
`,
  EventSource: `apiVersion: argoproj.io/v1alpha1
kind: EventSource
metadata:
  name: hooks
spec:
  webhook:
    message:
      port: "12000"
      endpoint: /message
      method: POST
`,
  Sensor: `apiVersion: argoproj.io/v1alpha1
kind: Sensor
metadata:
  name: on-message
spec:
  dependencies:
    - name: message
      eventSourceName: hooks
      eventName: message
  triggers:
    - template:
        name: start
        k8s:
          operation: create
          source:
            resource:
              apiVersion: argoproj.io/v1alpha1
              kind: Workflow
              metadata:
                generateName: hello-
              spec:
                workflowTemplateRef:
                  name: hello
`,
};
