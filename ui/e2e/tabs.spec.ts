import type { Page } from "@playwright/test";
import { expect, test } from "./server";
import { sh, workflow } from "./work";

/** More than the six connections that a browser opens to a host. */
const TABS = 8;

const GATE = [
  { name: "main", steps: [[{ name: "say", template: "say" }], [{ name: "gate", template: "gate" }]] },
  sh("say", "echo hello"),
  { name: "gate", suspend: {} },
];

test("more tabs than connections: each is live, and the server still answers", async ({
  context,
  server,
}) => {
  await context.addInitScript(
    (token) => sessionStorage.setItem("tiphys.token", `Bearer ${token}`),
    server.token,
  );
  const names = Array.from({ length: TABS }, (_, at) => `tab-${at}`);
  for (const name of names) await server.api("POST", "api/v1/workflows/default", workflow(name, GATE));
  const pages: Page[] = [];
  for (const name of names) {
    const page = await context.newPage();
    pages.push(page);
    await page.goto(`${server.url}workflows/default/${name}?sidePanel=logs`);
    await expect(page.locator(".run-head .live")).toHaveText("Live");
    await expect(page.getByRole("log")).toContainText("hello");
  }
  for (const name of names)
    await server.api("PUT", `api/v1/workflows/default/${name}/resume`, { namespace: "default", name });
  for (const page of pages) {
    await expect(page.locator(".run-head .phase")).toHaveText("Succeeded");
    await expect(page.getByText("1 line, ended")).toBeVisible();
  }
});

test("a run that is deleted stays on the page and says so", async ({ page, signedIn: server }) => {
  await server.api("POST", "api/v1/workflows/default", workflow("short-lived", GATE));
  await page.goto(`${server.url}workflows/default/short-lived`);
  await expect(page.locator(".run-head .live")).toHaveText("Live");
  await server.api("DELETE", "api/v1/workflows/default/short-lived");
  await expect(page.getByText("This run was deleted")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "short-lived" })).toBeVisible();
});
