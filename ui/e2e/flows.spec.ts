import { expect, test } from "./server";
import { accessible, sh, template, workflow } from "./work";

test("starts a run from the form and watches it succeed", async ({ page, signedIn: server }) => {
  const greeting = template("greet", "echo {{workflow.parameters.tone}} {{workflow.parameters.who}}", [
    { name: "tone", value: "calm", enum: ["calm", "loud"] },
    { name: "who", value: "you" },
  ]);
  await server.api("POST", "api/v1/workflow-templates/default", greeting);
  await page.goto(
    `${server.url}workflows/default?sidePanel=submit-new-workflow&template=greet&parameters[who]=Ana`,
  );
  await expect(page.getByLabel("who")).toHaveValue("Ana");
  await page.getByLabel("tone").selectOption("loud");
  await accessible(page);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^greet-/ })).toBeVisible();
  await expect(page.locator(".run-head .phase")).toHaveText("Succeeded");
  await page.getByRole("button", { name: "Logs", exact: true }).click();
  await expect(page.getByRole("log")).toContainText("loud Ana");
});

test("a failed run shows its cause, its log, and is retried", async ({ page, signedIn: server }) => {
  await server.api(
    "POST",
    "api/v1/workflows/default",
    workflow("broken", [sh("main", "for i in 1 2 3; do echo line $i; done; echo 'disk is full'; exit 7")]),
  );
  await page.goto(`${server.url}workflows/default`);
  await page.getByRole("link", { name: "broken" }).click();
  const banner = page.getByRole("alert", { name: "Failure" });
  await expect(banner).toContainText("exit code 7");
  await expect(banner).toContainText("disk is full");
  await banner.getByRole("button", { name: "Open log" }).click();
  await page.getByRole("searchbox", { name: "Search in the log" }).fill("disk");
  await expect(page.getByText("1 of 1")).toBeVisible();
  await page.getByRole("button", { name: "Link to line 4" }).click();
  await expect(page).toHaveURL(/line=4/);
  await accessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(page);
  await banner.getByRole("button", { name: "Retry…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 step runs again");
  await dialog.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("It runs again")).toBeVisible();
});

test("nodes chosen together run again, with the choices of parameters that were replaced before", async ({
  page,
  signedIn: server,
}) => {
  const { workflow: manifest } = workflow("parts", [
    { name: "main", dag: { tasks: ["one", "two", "three"].map((name) => ({ name, template: "fails" })) } },
    sh("fails", "exit 1"),
  ]);
  const parameters = [{ name: "mode", value: "fast", enum: ["fast", "slow"] }];
  const spec = { ...manifest.spec, arguments: { parameters } };
  await server.api("POST", "api/v1/workflows/default", { workflow: { ...manifest, spec } });
  const again = { name: "parts", namespace: "default", parameters: ["mode=slow"] };
  const made = (await server.api("PUT", "api/v1/workflows/default/parts/resubmit", again)) as {
    metadata: { name: string };
  };
  await page.goto(`${server.url}workflows/default/${made.metadata.name}`);
  await page.getByRole("treeitem", { name: /one/ }).click({ modifiers: ["ControlOrMeta"] });
  await page.getByRole("button", { name: "Run them again…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 step runs again");
  await dialog.locator(".box-name", { hasText: "two" }).click();
  await expect(dialog).toContainText("2 steps run again");
  await dialog.getByLabel("Nodes that run again").fill("three");
  await expect(dialog).toContainText("3 steps run again");
  await dialog.getByRole("button", { name: "Leave out two" }).click();
  await expect(dialog).toContainText("2 steps run again");
  await dialog.getByLabel("mode").selectOption("fast");
  await accessible(page);
  await dialog.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("It runs again")).toBeVisible();
  await expect(page).not.toHaveURL(/nodes=/);
});

test("a step that waits is approved with a value", async ({ page, signedIn: server }) => {
  await server.api(
    "POST",
    "api/v1/workflows/default",
    workflow("release", [
      {
        name: "main",
        steps: [[{ name: "gate", template: "gate" }], [{ name: "after", template: "after" }]],
      },
      {
        name: "gate",
        inputs: { parameters: [{ name: "where", value: "staging", enum: ["staging", "production"] }] },
        outputs: { parameters: [{ name: "where", valueFrom: { supplied: {} } }] },
        suspend: {},
      },
      sh("after", "true"),
    ]),
  );
  await page.goto(`${server.url}workflows/default/release`);
  await page.getByRole("treeitem", { name: /gate/ }).click();
  const form = page.getByRole("form", { name: "Waiting for you" });
  await form.getByLabel("where").selectOption("production");
  await accessible(page);
  await form.getByRole("button", { name: "Approve" }).click();
  await expect(form).toHaveCount(0);
  await page.getByRole("tab", { name: "Outputs" }).click();
  await expect(page.getByRole("tabpanel", { name: "outputs" })).toContainText("production");
  await expect(page.locator(".run-head .phase")).toHaveText("Succeeded");
});

test("a schedule is made from a form and backfilled", async ({ page, signedIn: server }) => {
  const nightly = template("nightly-work", "echo {{workflow.parameters.cronScheduleTime}}", [
    { name: "cronScheduleTime", value: "none" },
  ]);
  await server.api("POST", "api/v1/workflow-templates/default", nightly);
  await page.goto(`${server.url}cron-workflows/default`);
  await page.getByRole("button", { name: "New schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "New schedule" });
  await dialog.getByLabel("Name").fill("every-hour");
  await dialog.getByLabel("Template").selectOption("nightly-work");
  await dialog.getByLabel("Schedule").fill("0 * * * *");
  await dialog.getByLabel("Time zone").fill("UTC");
  await expect(dialog.getByText("Every hour")).toBeVisible();
  await expect(dialog.getByText("The next 10 times, UTC")).toBeVisible();
  await accessible(page);
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "every-hour" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Calendar" })).toContainText(":00");
  await accessible(page);

  await page.getByRole("button", { name: "Backfill…" }).click();
  const backfill = page.getByRole("dialog", { name: "Backfill every-hour" });
  await backfill.getByLabel("From").fill("2026-01-01T00:30");
  await backfill.getByLabel("To", { exact: true }).fill("2026-01-01T03:30");
  await expect(backfill.getByText("3 moments")).toBeVisible();
  await backfill.getByLabel("Newest first").check();
  await expect(backfill.getByRole("listitem").first()).toContainText("3:00");
  await accessible(page);
  await backfill.getByRole("button", { name: "Start 3 runs" }).click();
  await expect(page.getByText("3 runs were started")).toBeVisible();
  await page.goto(`${server.url}cron-workflows/default`);
  const row = page.getByRole("link", { name: "every-hour" });
  await page.getByLabel("State").selectOption("suspended");
  await expect(row).toHaveCount(0);
  await page.getByLabel("State").selectOption("on");
  await page.getByLabel("Filter by name or label").fill("hour");
  await expect(row).toBeVisible();
  await expect(page.getByRole("img", { name: "3 runs, 0 failed" })).toBeVisible();
  await accessible(page);
  await page.getByRole("tab", { name: "Next 24 hours" }).click();
  await expect(page).toHaveURL(/view=day/);
  await expect(
    page.getByRole("region", { name: "Plan" }).getByRole("img", { name: "24 times" }),
  ).toBeVisible();
  await expect(page.getByRole("heading", { name: "24 starts" })).toBeVisible();
  await accessible(page);
  await page.getByLabel("Filter by name or label").fill("day");
  await expect(page.getByText("Nothing matches")).toBeVisible();

  await page.goto(`${server.url}reports/default`);
  await page.getByLabel("Window").selectOption("Last week");
  await expect(page).toHaveURL(/reports\/default\?days=7/);
  await expect(page.getByRole("region", { name: "Duration over time" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Slowest steps by step" })).toContainText(
    "backfill every-hour-",
  );
  // Of these runs alone: those of other tests may have failed.
  await page.getByLabel("Labels").fill("workflows.argoproj.io/backfill");
  await page.keyboard.press("Enter");
  await expect(page.getByText("No step failed or was tried again")).toBeVisible();
  await page.goto(`${server.url}workflows/default?label=workflows.argoproj.io/backfill`);
  const made = page.getByRole("link", { name: /^every-hour-backfill-/ });
  await expect(made).toHaveCount(3);

  await page.goto(`${server.url}cron-workflows/default/every-hour`);
  await page.getByRole("button", { name: "Delete" }).click();
  const removal = page.getByRole("dialog", { name: "Delete every-hour?" });
  await expect(removal).toContainText("Its 3 runs are deleted with it");
  await removal.getByLabel("Keep its runs").check();
  await removal.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No schedules yet")).toBeVisible();
  await page.goto(`${server.url}workflows/default?label=workflows.argoproj.io/backfill&archived=no`);
  await expect(made).toHaveCount(3);
});

test("a template is edited, its mistakes are shown while it is written", async ({
  page,
  signedIn: server,
}) => {
  await server.api("POST", "api/v1/workflow-templates/default", template("edited", "echo one", []));
  await page.goto(`${server.url}workflow-templates/default/edited?tab=manifest`);
  await page.locator(".cm-line", { hasText: "entrypoint: main" }).click();
  await page.keyboard.press("End");
  await page.keyboard.type("x");
  await expect(page.getByText("1 error")).toBeVisible();
  await page.keyboard.press("Backspace");
  await expect(page.getByText("No findings")).toBeVisible();
  await page.keyboard.type(" # the first");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await accessible(page);
  await page.getByRole("tab", { name: "Graph" }).click();
  await expect(page.locator(".box")).toHaveCount(1);
});
