/** What the pictures show: templates, schedules and runs as a small team might have them. */
import type { Server } from "../e2e/server";

const sh = (name: string, text: string, more: object = {}) => ({
  name,
  ...more,
  container: { image: "alpine:3", command: ["sh", "-c", text] },
});
const parameter = (name: string) => ({ inputs: { parameters: [{ name }] } });

const DAILY = [
  {
    name: "main",
    dag: {
      tasks: [
        { name: "extract", template: "extract" },
        {
          name: "load",
          template: "load",
          depends: "extract",
          withItems: ["eu", "us", "apac"],
          arguments: { parameters: [{ name: "region", value: "{{item}}" }] },
        },
        { name: "quality", template: "quality", depends: "load" },
        { name: "train", template: "train", depends: "quality" },
        { name: "report", template: "report", depends: "quality" },
        { name: "notify", template: "report", depends: "train && report" },
      ],
    },
  },
  sh("extract", "echo reading orders; for i in 1 2 3 4 5; do echo part $i of 5; done; echo 5120 rows"),
  sh("load", "echo loading {{inputs.parameters.region}}; sleep 0.3; echo done", parameter("region")),
  {
    name: "quality",
    steps: [
      [
        { name: "nulls", template: "check" },
        { name: "ranges", template: "check" },
        { name: "keys", template: "check" },
      ],
      [{ name: "summary", template: "check" }],
    ],
  },
  sh("check", "echo checked; sleep 0.2"),
  sh("report", 'echo \'{"rows": 5120, "late": 3}\' > /tmp/report.json; echo written', {
    outputs: {
      artifacts: [{ name: "report", path: "/tmp/report.json", archive: { none: {} } }],
      parameters: [{ name: "rows", valueFrom: { path: "/tmp/report.json" } }],
    },
  }),
];
const TRAIN_BAD = sh(
  "train",
  "printf '\\033[32mINFO\\033[0m epoch 1: loss 0.91\\n\\033[32mINFO\\033[0m epoch 2: loss 0.47\\n'; " +
    "printf '\\033[33mWARN\\033[0m memory 92 %%\\n\\033[31mERROR\\033[0m out of memory: 4096 MiB asked, 512 MiB free\\n'; exit 137",
  { retryStrategy: { limit: 2 } },
);
const TRAIN_GOOD = sh("train", "echo epoch 1; sleep 0.2; echo accuracy 0.94");

function run(name: string, templates: unknown[], labels: Record<string, string> = {}, more: object = {}) {
  return {
    workflow: {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name, labels },
      spec: { entrypoint: "main", templates, ...more },
    },
  };
}

const GATE = [
  {
    name: "main",
    steps: [
      [{ name: "build", template: "build" }],
      [{ name: "approve", template: "gate" }],
      [{ name: "deploy", template: "build" }],
    ],
  },
  {
    name: "gate",
    inputs: {
      parameters: [
        { name: "stage", value: "staging", enum: ["staging", "production"], description: "Where it goes" },
      ],
    },
    outputs: { parameters: [{ name: "stage", valueFrom: { supplied: {} } }] },
    suspend: {},
  },
  sh("build", "echo built; sleep 0.2"),
];

const template = (name: string, description: string, templates: unknown[], parameters: unknown[] = []) => ({
  template: {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name, annotations: { "workflows.argoproj.io/description": description } },
    spec: { entrypoint: "main", arguments: { parameters }, templates },
  },
});

const cron = (name: string, schedules: string[], more: object = {}) => ({
  cronWorkflow: {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "CronWorkflow",
    metadata: { name },
    spec: {
      schedules,
      timezone: "Europe/Berlin",
      concurrencyPolicy: "Forbid",
      workflowSpec: { entrypoint: "main", templates: [sh("main", "sleep 0.1; echo good morning")] },
      ...more,
    },
  },
});

/** Fill a server; resolves when all that ends has ended. */
export async function seed(server: Server): Promise<void> {
  const { api } = server;
  await api(
    "POST",
    "api/v1/workflow-templates/default",
    template(
      "daily-sales",
      "Loads orders of all regions, checks them and trains the forecast.",
      [...DAILY, TRAIN_GOOD],
      [
        { name: "day", value: "2026-03-01", description: "The day to load" },
        { name: "regions", value: '["eu", "us", "apac"]' },
        { name: "mode", value: "incremental", enum: ["incremental", "full"] },
        { name: "dry-run", value: "false" },
        { name: "workers", value: "4" },
      ],
    ),
  );
  await api(
    "POST",
    "api/v1/workflow-templates/default",
    template("release", "Builds, asks a person, deploys.", GATE),
  );
  await api(
    "POST",
    "api/v1/workflow-templates/default",
    template("cleanup", "Removes what is older than a month.", [sh("main", "echo removed 12 files")]),
  );
  const cleanup = template("cleanup", "Removes what is older than 14 days.", [
    sh("main", "echo removed 31 files"),
  ]);
  await api("PUT", "api/v1/workflow-templates/default/cleanup", cleanup);
  await api("POST", "api/v1/cluster-workflow-templates", {
    template: {
      ...template("notify", "Tells a channel how a run ended.", [sh("main", "echo told")]).template,
      kind: "ClusterWorkflowTemplate",
    },
  });
  await api("POST", "api/v1/cron-workflows/default", cron("nightly-sales", ["0 3 * * *"]));
  await api(
    "POST",
    "api/v1/cron-workflows/default",
    cron("hourly-sync", ["15 * * * *", "45 8-17 * * 1-5"], { concurrencyPolicy: "Replace" }),
  );
  await api(
    "POST",
    "api/v1/cron-workflows/default",
    cron("weekly-report", ["30 7 * * 1"], { suspend: true }),
  );
  const now = Date.now();
  await api("POST", "api/x/v1/cron-workflows/default/hourly-sync/backfill", {
    start: new Date(now - 12 * 3600_000).toISOString(),
    end: new Date(now).toISOString(),
    name: "catch-up",
    parallel: true,
  });
  for (let at = 0; at < 6; at++)
    await api("POST", "api/v1/workflows/default/submit", {
      resourceKind: "WorkflowTemplate",
      resourceName: at % 3 === 2 ? "cleanup" : "daily-sales",
      submitOptions: {},
    });
  await api(
    "POST",
    "api/v1/workflows/default",
    run("daily-sales-good", [...DAILY, TRAIN_GOOD], { team: "forecast" }),
  );
  await api(
    "POST",
    "api/v1/workflows/default",
    run("daily-sales-bad", [...DAILY, TRAIN_BAD], { team: "forecast" }),
  );
  await api("POST", "api/v1/workflows/default", run("release-2026-03", GATE, { team: "platform" }));
  await api(
    "POST",
    "api/v1/workflows/default",
    run(
      "import-archive",
      [
        {
          name: "main",
          steps: [
            [{ name: "part", template: "part", withSequence: { count: "24" } }],
            [{ name: "merge", template: "part" }],
          ],
        },
        sh("part", "sleep 0.05; echo part"),
      ],
      { team: "platform" },
    ),
  );
  await api(
    "POST",
    "api/v1/workflows/default",
    run(
      "long-import",
      [sh("main", "i=0; while [ $i -lt 900 ]; do echo batch $i; i=$((i+1)); sleep 1; done")],
      { team: "platform" },
    ),
  );
  await api("POST", "apis/argoproj.io/v1alpha1/namespaces/default/workfloweventbindings", {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowEventBinding",
    metadata: { name: "orders-arrived" },
    spec: {
      event: { selector: 'payload.bucket == "orders" && payload.day != ""' },
      submit: { workflowTemplateRef: { name: "daily-sales" } },
    },
  });
  for (const name of ["daily-sales-bad", "daily-sales-good", "import-archive"]) await over(server, name);
}

async function over(server: Server, name: string): Promise<void> {
  for (;;) {
    const found = (await server.api("GET", `api/v1/workflows/default/${name}?fields=status.phase`)) as {
      status?: { phase?: string };
    };
    if (["Succeeded", "Failed", "Error"].includes(found.status?.phase ?? "")) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
