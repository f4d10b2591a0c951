import { expect, type Server, test } from "./server";
import { accessible, sh, workflow } from "./work";

/** Something on every list, with words as long as people write them. */
async function filled(server: Server): Promise<void> {
  const names = (await server.api("GET", "api/v1/workflow-templates/default")) as {
    items?: { metadata: { name: string } }[] | null;
  };
  if (names.items?.some((item) => item.metadata.name === "quarterly-figures-of-all-branches")) return;
  const description =
    "Gathers the figures of all branches, checks them against the ledger and writes the report.";
  const spec = { entrypoint: "main", templates: [sh("main", "true")] };
  const metadata = {
    name: "quarterly-figures-of-all-branches",
    annotations: { "workflows.argoproj.io/description": description },
  };
  const kept = { apiVersion: "argoproj.io/v1alpha1", metadata };
  await server.api("POST", "api/v1/workflow-templates/default", {
    template: { ...kept, kind: "WorkflowTemplate", spec },
  });
  await server.api("POST", "api/v1/cron-workflows/default", {
    cronWorkflow: {
      ...kept,
      kind: "CronWorkflow",
      spec: {
        schedules: ["0 3 1 1,4,7,10 *"],
        timezone: "America/Argentina/Buenos_Aires",
        workflowSpec: spec,
      },
    },
  });
  await server.api("POST", "apis/argoproj.io/v1alpha1/namespaces/default/workfloweventbindings", {
    ...kept,
    kind: "WorkflowEventBinding",
    metadata: { name: "on-the-first-of-the-quarter" },
    spec: {
      event: { selector: 'payload.branch != "" && payload.quarter in ["first", "second"]' },
      submit: { workflowTemplateRef: { name: metadata.name } },
    },
  });
  const run = workflow("quarterly-figures-of-all-branches", spec.templates);
  await server.api("POST", "api/v1/workflows/default", run);
}

const PAGES = [
  "",
  "workflows/default",
  "workflow-templates/default",
  "workflow-templates/default/quarterly-figures-of-all-branches?tab=matrix",
  "workflow-templates/default/quarterly-figures-of-all-branches?tab=versions",
  "workflow-templates/default/quarterly-figures-of-all-branches?tab=graph",
  "workflow-templates/default/quarterly-figures-of-all-branches?tab=manifest",
  "cron-workflows/default",
  "cron-workflows/default/quarterly-figures-of-all-branches",
  "workflow-event-bindings/default",
  "workflow-event-bindings/default/on-the-first-of-the-quarter",
  "event-sources/default",
  "sensors/default",
  "event-flow/default",
  "events/default",
  "reports/default",
  "userinfo",
  "launch/default?template=quarterly-figures-of-all-branches",
  "apidocs",
  "compare/default",
];

const LOOKS = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;

for (const path of PAGES)
  test(`no accessibility findings, nothing wider than the window: /${path}`, async ({
    page,
    signedIn: server,
  }) => {
    await filled(server);
    await page.goto(server.url + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    for (const { width, colorScheme } of LOOKS) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await accessible(page);
      // Only boxes that scroll by themselves may be wider than the window.
      const wider = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll(".content")].map(
          (each) => each.scrollWidth - each.clientWidth,
        ),
      );
      expect(wider, `at ${width}`).toEqual([0, 0]);
    }
  });

test("templates are seen whole on a phone, and started without scrolling sideways", async ({
  page,
  signedIn: server,
}) => {
  await filled(server);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${server.url}workflow-templates/default`);
  await expect(page.getByRole("link", { name: "Start" })).toBeVisible();
  const table = page.getByRole("region", { name: "Templates" });
  // What is in it comes piece by piece: the runs of a template later than its name.
  await expect.poll(() => table.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
});
