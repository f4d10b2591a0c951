/** Pictures of every page in light, dark and narrow, for people to look at: `npm run screenshots [-- -g NAME]`. */
import type { Page } from "@playwright/test";
import { syntheticRun } from "../bench/synthetic.mjs";
import { expect, start, test } from "../e2e/server";
import { seed } from "./seed";

test.beforeAll(async ({ server }) => {
  test.setTimeout(180_000);
  await seed(server);
});

const FOLDER = "screenshots/out";

interface Shot {
  name: string;
  path: string;
  act?: (page: Page) => Promise<void>;
}

const PAGES: Shot[] = [
  { name: "home", path: "" },
  { name: "runs", path: "workflows/default" },
  { name: "runs-failed", path: "workflows/default?phase=Failed" },
  {
    name: "runs-chosen",
    path: "workflows/default",
    act: async (page) => {
      for (const at of [1, 2, 3])
        await page
          .getByRole("checkbox", { name: /^Choose / })
          .nth(at)
          .check();
    },
  },
  { name: "run-graph", path: "workflows/default/daily-sales-good" },
  { name: "run-failed", path: "workflows/default/daily-sales-bad" },
  {
    name: "run-node",
    path: "workflows/default/daily-sales-good",
    act: async (page) => {
      await page
        .getByRole("treeitem", { name: /report/ })
        .first()
        .click();
      await page.getByRole("tab", { name: "Outputs" }).click();
    },
  },
  { name: "run-timeline", path: "workflows/default/daily-sales-good?tab=timeline" },
  { name: "run-table", path: "workflows/default/daily-sales-bad?tab=table" },
  { name: "run-history", path: "workflows/default/daily-sales-bad?tab=history" },
  { name: "run-manifest", path: "workflows/default/daily-sales-bad?tab=manifest" },
  { name: "run-log", path: "workflows/default/daily-sales-bad?sidePanel=logs" },
  { name: "run-fan-out", path: "workflows/default/import-archive" },
  {
    name: "run-approve",
    path: "workflows/default/release-2026-03",
    act: async (page) => page.getByRole("treeitem", { name: /approve/ }).click(),
  },
  {
    name: "run-retry",
    path: "workflows/default/daily-sales-bad",
    act: async (page) => {
      await page.getByRole("alert", { name: "Failure" }).getByRole("button", { name: "Retry…" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  {
    name: "run-actions",
    path: "workflows/default/daily-sales-bad",
    act: (page) => page.getByRole("button", { name: "Actions" }).click(),
  },
  { name: "run-resubmit", path: "workflows/default/daily-sales-good?ask=resubmit" },
  { name: "run-delete", path: "workflows/default/daily-sales-good?ask=delete" },
  { name: "run-summary", path: "workflows/default/daily-sales-good?tab=summary" },
  {
    name: "run-log-whole",
    path: "workflows/default/daily-sales-bad?sidePanel=logs",
    act: (page) => page.getByRole("button", { name: "Larger" }).click(),
  },
  {
    name: "run-compare",
    path: "compare/default?a=daily-sales-good&b=daily-sales-bad",
  },
  { name: "launch", path: "launch/default?template=daily-sales" },
  {
    name: "launch-yaml",
    path: "launch/default",
    act: async (page) => page.getByRole("tab", { name: "Write YAML" }).click(),
  },
  {
    name: "launch-finding",
    path: "launch/default",
    act: async (page) => {
      await page.getByRole("tab", { name: "Write YAML" }).click();
      await page.locator(".cm-line", { hasText: "entrypoint: main" }).click();
      await page.keyboard.press("End");
      await page.keyboard.type("x");
      await expect(page.getByText("1 error")).toBeVisible();
    },
  },
  { name: "definitions", path: "workflow-templates/default" },
  { name: "template", path: "workflow-templates/default/daily-sales" },
  { name: "template-versions", path: "workflow-templates/default/cleanup?tab=versions" },
  {
    name: "runs-table-menu",
    path: "workflows/default",
    act: async (page) => page.getByRole("button", { name: "Table", exact: true }).click(),
  },
  {
    name: "runs-views",
    path: "workflows/default?phase=Failed",
    act: (page) => page.getByRole("button", { name: "Views" }).click(),
  },
  {
    name: "schedule-new",
    path: "cron-workflows/default",
    act: (page) => page.getByRole("button", { name: "New schedule" }).click(),
  },
  { name: "template-graph", path: "workflow-templates/default/daily-sales?tab=graph" },
  { name: "widget-graph", path: "widgets/workflow-graphs/default?name=daily-sales-bad" },
  { name: "widget-badge", path: "widgets/workflow-status-badges/default?name=daily-sales-bad" },
  {
    name: "settings-end",
    path: "userinfo",
    act: (page) => page.getByRole("heading", { name: "Help" }).scrollIntoViewIfNeeded(),
  },
  { name: "schedules", path: "cron-workflows/default" },
  { name: "schedule", path: "cron-workflows/default/hourly-sync" },
  {
    name: "backfill",
    path: "cron-workflows/default/hourly-sync",
    act: async (page) => page.getByRole("button", { name: "Backfill…" }).click(),
  },
  { name: "template-matrix", path: "workflow-templates/default/daily-sales?tab=matrix" },
  {
    name: "runs-peek",
    path: "workflows/default?phase=Failed",
    act: async (page) => {
      await page.getByRole("table", { name: "Runs" }).focus();
      await page.keyboard.press("Space");
    },
  },
  {
    name: "launch-more",
    path: "launch/default?template=daily-sales",
    act: async (page) => page.getByText("More", { exact: true }).click(),
  },
  { name: "events", path: "workflow-event-bindings/default" },
  { name: "event-flow", path: "event-flow/default" },
  { name: "event-send", path: "events/default" },
  { name: "api", path: "apidocs" },
  { name: "insights", path: "reports/default" },
  { name: "settings", path: "userinfo" },
  { name: "palette", path: "workflows/default", act: async (page) => page.keyboard.press("Control+k") },
  { name: "keys", path: "workflows/default", act: async (page) => page.keyboard.press("?") },
  { name: "missing-run", path: "workflows/default/no-such-run" },
  { name: "missing-page", path: "no/such/page/at/all" },
];

async function settle(page: Page): Promise<void> {
  await page.locator("main").first().waitFor();
  await expect(page.locator(".skeleton")).toHaveCount(0, { timeout: 20_000 });
  await page.waitForTimeout(500);
}

const LOOKS = [
  { look: "light", width: 1280, height: 800, scheme: "light" },
  { look: "dark", width: 1280, height: 800, scheme: "dark" },
  { look: "narrow", width: 390, height: 800, scheme: "light" },
  { look: "narrow-dark", width: 390, height: 800, scheme: "dark" },
] as const;

for (const { look, width, height, scheme } of LOOKS) {
  for (const shot of PAGES) {
    test(`${look} ${shot.name}`, async ({ page, signedIn }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(signedIn.url + shot.path);
      await settle(page);
      await shot.act?.(page);
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${FOLDER}/${shot.name}-${look}.png`, animations: "disabled" });
    });
  }
}

for (const size of [2000, 10_000])
  test(`large ${size}`, async ({ page, signedIn }) => {
    const run = syntheticRun("large", size);
    await page.route("**/api/v1/workflows/default/large*", (route) => route.fulfill({ json: run }));
    for (const tab of ["graph", "timeline", "table"]) {
      await page.goto(`${signedIn.url}workflows/default/large?tab=${tab}`);
      await settle(page);
      await page.screenshot({ path: `${FOLDER}/large-${size}-${tab}.png`, animations: "disabled" });
    }
  });

test("states: empty, loading, error, signed out", async ({ page }) => {
  test.setTimeout(180_000);
  const server = await start();
  try {
    await page.goto(`${server.url}workflows/default`);
    await expect(page.getByRole("dialog", { name: "Sign in" })).toBeVisible();
    await page.screenshot({ path: `${FOLDER}/signed-out.png` });
    await page.getByRole("dialog").getByLabel("Token", { exact: true }).fill("wrong");
    await page.getByRole("dialog").getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
    await page.screenshot({ path: `${FOLDER}/signed-out-refused.png` });
    await page.addInitScript(
      (token) => sessionStorage.setItem("tiphys.token", `Bearer ${token}`),
      server.token,
    );
    const paths = {
      home: "",
      runs: "workflows/default",
      definitions: "workflow-templates/default",
      schedules: "cron-workflows/default",
      events: "workflow-event-bindings/default",
      insights: "reports/default",
      launch: "launch/default",
    };
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(server.url + path);
      await settle(page);
      await page.screenshot({ path: `${FOLDER}/empty-${name}.png`, animations: "disabled" });
    }
    await page.route("**/api/**", (route) =>
      route.fulfill({ status: 403, json: { code: 7, message: "you may not list workflows in default" } }),
    );
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(server.url + path);
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${FOLDER}/refused-${name}.png`, animations: "disabled" });
    }
    await page.unroute("**/api/**");
    await page.route("**/api/**", (route) =>
      route.fulfill({ status: 500, json: { code: 13, message: "the disk is full" } }),
    );
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(server.url + path);
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${FOLDER}/error-${name}.png`, animations: "disabled" });
    }
    await page.unroute("**/api/**");
    await page.route("**/api/**", () => new Promise(() => undefined));
    for (const [name, path] of Object.entries({ ...paths, run: "workflows/default/x" })) {
      await page.goto(server.url + path);
      await expect(page.locator(".skeleton").first()).toBeVisible();
      await page.screenshot({ path: `${FOLDER}/loading-${name}.png`, animations: "disabled" });
    }
  } finally {
    await server.stop();
  }
});
