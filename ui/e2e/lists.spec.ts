import { expect, test } from "./server";
import { accessible, sh, template, workflow } from "./work";

test("runs are looked at, chosen and deleted with the keyboard alone", async ({ page, signedIn: server }) => {
  for (const name of ["heap-1", "heap-2", "heap-3"])
    await server.api("POST", "api/v1/workflows/heap", workflow(name, [sh("main", "echo no space; exit 3")]));
  await page.goto(`${server.url}workflows/heap`);
  const list = page.getByRole("table", { name: "Runs" });
  await expect(list.getByText("Failed")).toHaveCount(3);
  // The counts are of all runs, not only of those that are loaded.
  await expect(page.getByRole("button", { name: /^Failed 3$/ })).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Space");
  const peek = page.getByRole("complementary", { name: /^Summary of heap-/ });
  await expect(peek).toContainText("no space");
  await accessible(page);
  await page.keyboard.press("Space");
  await expect(peek).toHaveCount(0);
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const bar = page.getByRole("region", { name: "Chosen runs" });
  await expect(bar).toContainText("2 chosen");
  await bar.getByRole("button", { name: "Delete" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: "Delete the copy in the archive too" }).press("Space");
  await dialog.getByRole("button", { name: "Delete" }).press("Enter");
  await expect(page.getByText("Delete: 2 done")).toBeVisible();
  await expect(list.getByText("Failed")).toHaveCount(1);
});

test("a stretch of time is chosen above the list with keys, and stands in the address", async ({
  page,
  signedIn: server,
}) => {
  for (const name of ["early", "late"])
    await server.api("POST", "api/v1/workflows/times", workflow(name, [sh("main", "true")]));
  await page.goto(`${server.url}workflows/times?startedAfter=2000-01-01T00%3A00%3A00.000Z`);
  const chart = page.getByRole("group", { name: /^2 runs by time/ });
  const after = chart.getByRole("slider", { name: "Started after" });
  await after.press("ArrowRight");
  await expect(page).toHaveURL(/startedAfter=2000-0[2-9]/);
  await expect(page.getByRole("table", { name: "Runs" }).getByRole("link")).toHaveCount(2);
  await chart.getByRole("slider", { name: "Started before" }).press("Home");
  await expect(page.getByText("No run matches")).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: /^started .*, remove/ }).click();
  await expect(page).toHaveURL(/workflows\/times$/);
  await expect(page.getByRole("table", { name: "Runs" }).getByRole("link")).toHaveCount(2);
});

test("many runs are retried at once, also what failed; columns and rows stay as they were made", async ({
  page,
  signedIn: server,
}) => {
  for (const name of ["flaky-1", "flaky-2"])
    await server.api("POST", "api/v1/workflows/flaky", workflow(name, [sh("main", "exit 1")]));
  await page.goto(`${server.url}workflows/flaky`);
  await expect(page.getByRole("table", { name: "Runs" }).getByText("Failed")).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Choose all that are loaded" }).check();
  const bar = page.getByRole("region", { name: "Chosen runs" });
  await expect(bar.getByRole("button", { name: "Stop" })).toBeDisabled();
  // One of them is refused: it is said which and why, and it stays chosen.
  const refused = "**/flaky-2/retry";
  await page.route(refused, (route) =>
    route.fulfill({ status: 409, json: { message: "somebody was quicker" } }),
  );
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("retry chosen");
  await page.getByRole("option", { name: /^Retry the 2 chosen runs/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
  await expect(bar.getByRole("alert")).toHaveText("Retry: 1 done, 1 failed");
  await expect(bar).toContainText("somebody was quicker flaky-2");
  await expect(bar).toContainText("1 chosen");
  await accessible(page);
  await page.unroute(refused);
  await bar.getByRole("button", { name: "Retry" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("Retry: 1 done", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Table" }).click();
  await page.getByRole("button", { name: "Rows: compact" }).click();
  const head = page.getByRole("columnheader", { name: /^Started/ });
  const before = (await head.boundingBox())?.width ?? 0;
  const edge = page.getByRole("button", { name: /^Width of Started/ });
  await edge.press("ArrowRight");
  await edge.press("ArrowRight");
  await page.reload();
  await expect.poll(async () => (await head.boundingBox())?.width ?? 0).toBe(before + 32);
  const row = page.getByRole("row", { name: /flaky-1/ });
  await expect.poll(async () => (await row.boundingBox())?.height).toBe(30);
});

test("a view is saved under a name and found again", async ({ page, signedIn: server }) => {
  await page.goto(`${server.url}workflows/default?label=team%3Dml`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("textbox", { name: "Save these filters as" }).fill("Of the ML team");
  await page.keyboard.press("Enter");
  await page.goto(`${server.url}workflows/default`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Of the ML team", exact: true }).click();
  await expect(page).toHaveURL(/label=team%3Dml/);
});

test("home says what waits for somebody and leads there", async ({ page, signedIn: server }) => {
  const steps = [
    { name: "main", steps: [[{ name: "ask-ana", template: "gate" }]] },
    { name: "gate", suspend: {} },
  ];
  await server.api("POST", "api/v1/workflows/default", workflow("needs-a-word", steps));
  await page.goto(server.url);
  await page.getByRole("link", { name: "ask-ana in needs-a-word" }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.locator(".run-head .phase")).toHaveText("Succeeded");
});

test("addresses of Argo's UI lead to what they meant", async ({ page, signedIn: server }) => {
  await server.api("POST", "api/v1/workflow-templates/default", template("old-address"));
  const moved: Record<string, [RegExp, RegExp | string]> = {
    "workflows?x=y": [/workflows\/default/, "Runs"],
    timeline: [/workflows\/default/, "Runs"],
    "workflows/default?sidePanel=submit-new-workflow&template=old-address": [/launch\/default/, "New run"],
    "workflow-templates/default/old-address?sidePanel=submit": [/launch\/default/, "New run"],
    "cluster-workflow-templates": [/workflow-templates\/default/, "Definitions"],
    "cron-workflows": [/cron-workflows\/default/, "Schedules"],
    "event-flow": [/event-flow\/default/, "Events"],
    "event-sources": [/event-sources\/default/, "Events"],
    sensors: [/sensors\/default/, "Events"],
    "workflow-event-bindings": [/workflow-event-bindings\/default/, "Events"],
    reports: [/reports\/default/, "Insights"],
    "plugins/default": [/userinfo/, "Settings"],
    help: [/userinfo/, "Settings"],
    apidocs: [/apidocs/, "API"],
  };
  for (const [from, [to, heading]] of Object.entries(moved)) {
    await page.goto(server.url + from);
    await expect(page.getByRole("heading", { level: 1, name: heading }), from).toBeVisible();
    await expect(page, from).toHaveURL(to);
  }
  await page.goto(`${server.url}workflows/default?phase=Failed&label=a%3Db&Prefix=x&offset=5&limit=5`);
  for (const chip of ["a=b", "name begins with x", "without the newest 5"])
    await expect(page.getByRole("button", { name: new RegExp(`^${chip}`) })).toBeVisible();
  for (const name of ["etl", "etl-2", "my-etl"])
    await server.api("POST", "api/v1/workflows/names", workflow(name, [sh("main", "true")]));
  const rows = page.getByRole("table", { name: "Runs" }).getByRole("link");
  for (const [match, names] of [
    ["Contains", ["my-etl", "etl-2", "etl"]],
    ["Prefix", ["etl-2", "etl"]],
    ["Exact", ["etl"]],
    ["NotEquals", ["my-etl", "etl-2"]],
  ] as const) {
    await page.goto(`${server.url}workflows/names?${match}=etl`);
    await expect.poll(async () => (await rows.allTextContents()).sort(), match).toEqual([...names].sort());
  }
});
