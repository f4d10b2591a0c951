/** What is kept by the server: versions of definitions, what a person chose, tokens, the archive. */
import type { Browser, Page } from "@playwright/test";
import { expect, type Server, test } from "./server";
import { accessible, sh, template, workflow } from "./work";

/** A page in another browser, signed in with the owner's token or another one. */
async function elsewhere(browser: Browser, server: Server, token = server.token): Promise<Page> {
  const context = await browser.newContext();
  await context.addInitScript((text) => sessionStorage.setItem("tiphys.token", `Bearer ${text}`), token);
  return context.newPage();
}

const TEMPLATES = "api/v1/workflow-templates/default";

test("what a template was is looked at, compared and brought back", async ({ page, signedIn: server }) => {
  await server.api("POST", TEMPLATES, template("revised", "echo one"));
  await server.api("PUT", `${TEMPLATES}/revised`, template("revised", "echo two"));
  await server.api("PUT", `${TEMPLATES}/revised`, template("revised", "echo three"));
  await page.goto(`${server.url}workflow-templates/default/revised`);
  await page.getByRole("tab", { name: "Versions" }).click();
  const versions = page.getByRole("list", { name: "Versions" });
  await expect(versions.getByRole("button")).toHaveCount(3);
  const difference = page.getByRole("region", { name: "Differences" });
  await expect(difference.locator(".diff-gone")).toContainText("echo two");
  await expect(difference.locator(".diff-new")).toContainText("echo three");
  await versions.getByRole("button", { name: "Version 2" }).click();
  await expect(page).toHaveURL(/version=2/);
  await expect(difference.locator(".diff-gone")).toContainText("echo one");
  await page.getByRole("combobox", { name: "Compared with" }).selectOption("present");
  await expect(difference.locator(".diff-gone")).toContainText("echo three");
  await accessible(page);
  await versions.getByRole("button", { name: "Version 1" }).click();
  await expect(page.getByRole("region", { name: "Its manifest" })).toContainText("echo one");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(versions.getByRole("button", { name: "Version 4" })).toContainText("present");
  const now = (await server.api("GET", `${TEMPLATES}/revised`)) as { spec: unknown };
  expect(JSON.stringify(now.spec)).toContain("echo one");
});

test("what somebody else changed meanwhile is not overwritten unseen", async ({ page, signedIn: server }) => {
  await server.api("POST", TEMPLATES, template("contended", "echo one", []));
  await page.goto(`${server.url}workflow-templates/default/contended?tab=manifest`);
  await page.locator(".cm-line", { hasText: "entrypoint: main" }).click();
  await page.keyboard.press("End");
  await page.keyboard.type(" # mine");
  await page.getByRole("button", { name: "Show changes" }).click();
  await expect(page.getByRole("region", { name: "What was changed here" })).toContainText("# mine");
  await page.getByRole("button", { name: "Close" }).click();
  await server.api("PUT", `${TEMPLATES}/contended`, template("contended", "echo theirs", []));
  await page.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "Changed by somebody else meanwhile" });
  await expect(conflict.locator(".diff-gone")).toContainText("echo theirs");
  await accessible(page);
  await conflict.getByRole("button", { name: "Go on editing" }).click();
  await expect(page.locator(".cm-line", { hasText: "# mine" })).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await conflict.getByRole("button", { name: "Save mine" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const now = (await server.api("GET", `${TEMPLATES}/contended`)) as { spec: unknown };
  expect(JSON.stringify(now.spec)).toContain("echo one");
});

test("views, presets and the order of columns follow a person to another browser", async ({
  page,
  browser,
  signedIn: server,
}) => {
  await page.goto(`${server.url}workflows/following?label=team%3Dml`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("textbox", { name: "Save these filters as" }).fill("My team");
  await page.keyboard.press("Enter");
  await server.api("POST", "api/v1/workflows/following", workflow("followed", [sh("main", "true")]));
  await page.goto(`${server.url}workflows/following`);
  const titles = page.locator(".column-title");
  await expect(titles).toHaveText(["From", "Started", "Duration", "Progress", "Message"]);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByRole("button", { name: "Move Duration to the left" }).press("Enter");
  await page.getByRole("button", { name: "Creator" }).press("Enter");
  const order = ["From", "Duration", "Started", "Progress", "Message", "Creator"];
  await expect(titles).toHaveText(order);
  await page.keyboard.press("Escape");
  await titles.filter({ hasText: "Creator" }).dragTo(titles.filter({ hasText: "From" }));
  await expect(titles).toHaveText(["Creator", ...order.slice(0, -1)]);
  await expect
    .poll(async () => JSON.stringify(await server.api("GET", "api/x/v1/preferences")))
    .toContain('"columns":["creator","from"');
  const other = await elsewhere(browser, server);
  await other.goto(`${server.url}workflows/following`);
  await expect(other.locator(".column-title")).toHaveText(["Creator", ...order.slice(0, -1)]);
  await other.getByRole("button", { name: "Views" }).click();
  await other.getByRole("button", { name: "My team", exact: true }).click();
  await expect(other).toHaveURL(/label=team%3Dml/);
  await other.context().close();
});

test("a token is made, used, and refused when it is revoked", async ({ page, browser, signedIn: server }) => {
  await page.goto(`${server.url}userinfo`);
  await page.getByRole("form", { name: "New token" }).getByRole("button", { name: "Make" }).click();
  const dialog = page.getByRole("dialog", { name: "The new token" });
  const token = /tiphys_[0-9a-f]{16}_[\w-]{43}/.exec((await dialog.textContent()) ?? "")?.[0] ?? "";
  expect(token).not.toBe("");
  await dialog.getByRole("button", { name: "Close" }).click();
  const other = await elsewhere(browser, server, token);
  await other.goto(`${server.url}userinfo`);
  await expect(other.getByText("system:serviceaccount:default:default")).toBeVisible();
  await expect(other.getByText("You may not see the tokens of default.")).toBeVisible();
  await other.goto(`${server.url}workflows/default`);
  await expect(other.getByRole("alert")).toContainText("The runs cannot be read");
  await accessible(other);
  await page.getByRole("button", { name: `Revoke ${token.split("_")[1] ?? ""}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("is revoked")).toBeVisible();
  await other.goto(`${server.url}workflows/default`);
  await expect(other.getByRole("dialog", { name: "Sign in" })).toBeVisible();
  await other.context().close();
});

test("the counts of phases are of the rows below them, with filters and archive", async ({
  page,
  signedIn: server,
}) => {
  for (const name of ["counted-1", "counted-2"])
    await server.api("POST", "api/v1/workflows/counted", workflow(name, [sh("main", "exit 1")]));
  await page.goto(`${server.url}workflows/counted`);
  const list = page.getByRole("table", { name: "Runs" });
  await expect(list.getByText("Failed")).toHaveCount(2);
  await server.api("DELETE", "api/v1/workflows/counted/counted-1");
  await page.reload();
  await expect(list.getByText("Failed")).toHaveCount(2);
  await expect(list.getByRole("img", { name: "archived" })).toHaveCount(1);
  await expect(page.getByRole("button", { name: /^Failed 2$/ })).toBeVisible();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name: "Only in the archive" }).click();
  await expect(list.getByText("Failed")).toHaveCount(1);
  await expect(page.getByRole("button", { name: /^Failed 1$/ })).toBeVisible();
  await list.getByRole("checkbox", { name: "Choose counted-1" }).check();
  await page.getByRole("button", { name: "Resubmit" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resubmit" }).click();
  await expect(page.getByText("Resubmit: 1 done")).toBeVisible();
  await page.goto(`${server.url}workflows/counted`);
  await expect(list.getByText("Failed")).toHaveCount(3);
  await page.goto(`${server.url}workflows/counted?text=ted-2`);
  await expect(page.getByRole("button", { name: /^Failed 1$/ })).toBeVisible();
});
