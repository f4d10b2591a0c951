/** What the editor begins with. */
export const EXAMPLE = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  arguments:
    parameters:
      - {name: who, value: world}
  templates:
    - name: main
      container:
        image: alpine:3
        command: [echo, "hello {{workflow.parameters.who}}"]
`;

export const TEMPLATE_EXAMPLE = EXAMPLE.replace("kind: Workflow", "kind: WorkflowTemplate").replace(
  "generateName: hello-",
  "name: hello",
);

export const CRON_EXAMPLE = `apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata:
  name: nightly
spec:
  schedules: ["0 3 * * *"]
  concurrencyPolicy: Forbid
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container:
          image: alpine:3
          command: [echo, good morning]
`;
