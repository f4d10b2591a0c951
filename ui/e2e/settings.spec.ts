import { expect, test } from "./server";
import { template } from "./work";

test("an operation of the API is found and tried", async ({ page, signedIn: server }) => {
  await page.goto(`${server.url}apidocs`);
  await page.getByRole("searchbox", { name: "Find an operation" }).fill("get /api/v1/version");
  await page.getByText("/api/v1/version", { exact: true }).click();
  await page.getByRole("button", { name: "Send GET" }).click();
  await expect(page.getByText('"goVersion"')).toBeVisible();
});

test("a form is filled from a preset, tried dry, and said as a command", async ({
  page,
  signedIn: server,
}) => {
  await server.api("POST", "api/v1/workflow-templates/default", template("rehearsed"));
  await page.goto(`${server.url}launch/default?template=rehearsed`);
  await page.getByLabel("who").fill("Ana Maria");
  await page.getByRole("button", { name: "Presets" }).click();
  await page.getByRole("textbox", { name: "Save this form as" }).fill("For Ana");
  await page.keyboard.press("Enter");
  await page.reload();
  await page.getByRole("button", { name: "Presets" }).click();
  await page.getByRole("button", { name: "For Ana", exact: true }).click();
  await expect(page.getByLabel("who")).toHaveValue("Ana Maria");
  await page.getByText("More", { exact: true }).click();
  await expect(page.getByText("-p 'who=Ana Maria'")).toBeVisible();
  await page.getByRole("button", { name: "Dry run" }).click();
  await expect(page.getByRole("dialog")).toContainText("value: Ana Maria");
  const runs = (await server.api(
    "GET",
    "api/v1/workflows/default?listOptions.labelSelector=workflows.argoproj.io/workflow-template=rehearsed",
  )) as { items: unknown };
  expect(runs.items).toBeNull();
});

test("a badge shows the newest run of a template", async ({ page, signedIn: server }) => {
  await server.api("POST", "api/v1/workflow-templates/default", template("badged"));
  await server.api("POST", "api/v1/workflows/default/submit", {
    resourceKind: "WorkflowTemplate",
    resourceName: "badged",
    submitOptions: { name: "badged-run" },
  });
  await page.goto(`${server.url}workflow-templates/default/badged`);
  await page.getByRole("button", { name: "Share…" }).click();
  const dialog = page.getByRole("dialog", { name: "Show it elsewhere" });
  await expect(dialog).toContainText("widgets/workflow-status-badges/default");
  await page.goto(
    `${server.url}widgets/workflow-status-badges/default?label=workflows.argoproj.io/workflow-template=badged`,
  );
  await expect(page.locator(".badge")).toContainText("Succeeded");
});
