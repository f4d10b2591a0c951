import type { Page } from "@playwright/test";
import { expect, type Server, test } from "./server";
import { accessible, sh, workflow } from "./work";

test.use({ options: ["--base-href", "/tools/argo/"] });

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

const NAME = "quarterly-figures-of-all-branches";

/** Each page, and the buttons on it that open a menu or a dialog; of a menu also what it leads to (`Actions > Delete`). */
const PAGES: Record<string, readonly string[]> = {
  "": ["Search and commands, Control K", "Namespace default, change"],
  "workflows/default": ["Table", "From", "Time", "More", "Views"],
  [`workflows/default/${NAME}`]: ["Show", "Save", "Actions", "Actions > Resubmit", "Actions > Delete"],
  [`workflows/default/${NAME}?tab=timeline`]: [],
  [`workflows/default/${NAME}?tab=table`]: [],
  [`workflows/default/${NAME}?tab=history`]: [],
  "workflow-templates/default": ["New template"],
  [`workflow-templates/default/${NAME}?tab=matrix`]: ["Share…", "Delete"],
  [`workflow-templates/default/${NAME}?tab=versions`]: [],
  [`workflow-templates/default/${NAME}?tab=graph`]: [],
  [`workflow-templates/default/${NAME}?tab=manifest`]: [],
  "cron-workflows/default": ["New schedule"],
  "cron-workflows/default?view=week": [],
  [`cron-workflows/default/${NAME}`]: ["Backfill…", "Delete"],
  [`cron-workflows/default/${NAME}?tab=manifest`]: [],
  "workflow-event-bindings/default": [],
  "workflow-event-bindings/default/on-the-first-of-the-quarter": [],
  "event-sources/default": [],
  "sensors/default": [],
  "event-flow/default": [],
  "events/default": [],
  "reports/default": [],
  userinfo: [],
  [`launch/default?template=${NAME}`]: ["Presets", "Dry run"],
  apidocs: [],
  "compare/default": [],
  "workflows/default/there-is-none": [],
};

const LOOKS = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
  { width: 390, colorScheme: "dark" },
] as const;

async function look(page: Page, { width, colorScheme }: (typeof LOOKS)[number]): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme });
}

/** Only boxes that scroll by themselves may be wider than the window; WCAG 1.4.10 asks for 320 pixels. */
async function fits(page: Page): Promise<void> {
  const wider = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll(".content")].map(
      (each) => each.scrollWidth - each.clientWidth,
    ),
  );
  expect(wider, `at ${page.viewportSize()?.width ?? 0}`).toEqual([0, 0]);
}

/** What a button opens has no findings, Escape closes it, and the button has the focus again. */
async function opens(page: Page, way: string): Promise<void> {
  const [name = "", item] = way.split(" > ");
  const button = page.getByRole("button", { name, exact: true });
  const above = page.locator("dialog[open], .menu-list").last();
  await button.press("Enter");
  if (item) await above.getByRole("button", { name: item, exact: true }).press("Enter");
  await expect(item ? page.locator("dialog[open]") : above, way).toBeVisible();
  await expect(page.locator("dialog[open] .skeleton, .menu-list .skeleton")).toHaveCount(0);
  for (const each of [LOOKS[0], LOOKS[3]]) {
    await look(page, each);
    await accessible(page, "dialog[open], .menu-list");
  }
  await page.keyboard.press("Escape");
  await expect(above, way).toHaveCount(0);
  await expect(button, way).toBeFocused();
  await look(page, LOOKS[0]);
}

for (const [path, ways] of Object.entries(PAGES))
  test(`no accessibility findings, nothing wider than the window: /${path}`, async ({
    page,
    signedIn: server,
  }) => {
    await filled(server);
    const strange: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url)) strange.push(request.url());
    });
    page.on("console", (message) => {
      if (message.type() === "error" && !path.includes("there-is-none")) strange.push(message.text());
    });
    page.on("pageerror", (error) => strange.push(String(error)));
    await page.goto(server.url + path);
    await expect(
      path.includes("there-is-none") ? page.getByRole("alert") : page.getByRole("heading", { level: 1 }),
    ).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await expect(page).toHaveTitle(/. · Tiphys$/);
    for (const each of LOOKS) {
      await look(page, each);
      await accessible(page);
      await fits(page);
    }
    await page.setViewportSize({ width: 320, height: 800 });
    await fits(page);
    await look(page, LOOKS[0]);
    for (const way of ways) await opens(page, way);
    // Below a base path: nothing is asked for elsewhere, and nothing is missing.
    expect(strange).toEqual([]);
  });

test("templates are seen whole on a phone, and started without scrolling sideways", async ({
  page,
  signedIn: server,
}) => {
  await filled(server);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(`${server.url}workflow-templates/default`);
  await expect(page.getByRole("link", { name: "Start", exact: true })).toBeVisible();
  const table = page.getByRole("region", { name: "Templates" });
  // What is in it comes piece by piece: the runs of a template later than its name.
  await expect.poll(() => table.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
});
