/** What people do with a finger on a phone, and a browser that keeps nothing or has another day. */
import type { Page } from "@playwright/test";
import { expect, test } from "./server";
import { sh, template, workflow } from "./work";

const LONG = "counts-the-figures-of-all-branches-and-writes-a-long-report";

/** Controls that a finger misses: less than 24 pixels with their label, and no link in a text. */
async function small(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, input, select, summary, [role=tab]")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(".skip"))
      .filter((each) => {
        const boxes = [each, each.closest("label")].flatMap((one) =>
          one ? [one.getBoundingClientRect()] : [],
        );
        return (
          Math.max(...boxes.map(({ width }) => width)) < 24 ||
          Math.max(...boxes.map(({ height }) => height)) < 24
        );
      })
      .map((each) => each.outerHTML.slice(0, 120)),
  );
}

/** What makes the page wider than the window. */
async function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("html, .content")]
      .filter((each) => each.scrollWidth > each.clientWidth)
      .flatMap((each) => [...each.querySelectorAll("*")])
      .filter((each) => each.getBoundingClientRect().right > innerWidth)
      .map((each) => each.outerHTML.slice(0, 120)),
  );
}

/** Nothing is wider than the window, no control too small, and what lies above all is in it as a whole. */
async function handy(page: Page): Promise<void> {
  await expect.poll(() => small(page), page.url()).toEqual([]);
  await expect.poll(() => beyond(page), page.url()).toEqual([]);
  for (const above of await page.locator("dialog[open], .menu-list").all()) {
    const box = await above.boundingBox();
    expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 390 && box.y + box.height <= 800).toBe(
      true,
    );
  }
}

test("a phone: runs are chosen and deleted, a run is looked at and tried again", async ({
  browser,
  server,
}) => {
  const step = sh(LONG, `echo ${"tide ".repeat(400)}; exit 1`);
  await server.api("POST", "api/v1/workflow-templates/default", template(LONG));
  for (const name of ["ebb", "flood"])
    await server.api(
      "POST",
      "api/v1/workflows/default",
      workflow(name, [{ name: "main", steps: [[{ name: LONG, template: LONG }]] }, step]),
    );
  const context = await browser.newContext({
    viewport: { width: 390, height: 800 },
    hasTouch: true,
    isMobile: true,
  });
  await context.addInitScript(
    (token) => sessionStorage.setItem("tiphys.token", `Bearer ${token}`),
    server.token,
  );
  const page = await context.newPage();
  await page.goto(`${server.url}workflows/default`);
  const list = page.getByRole("table", { name: "Runs" });
  await list.getByRole("checkbox", { name: "Choose ebb" }).tap();
  await handy(page);
  await page.getByRole("region", { name: "Chosen runs" }).getByRole("button", { name: "Delete" }).tap();
  await handy(page);
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).tap();
  await expect(list.getByRole("link", { name: "ebb" })).toHaveCount(0);

  await list.getByRole("link", { name: "flood" }).tap();
  const banner = page.getByRole("alert", { name: "Failure" });
  await banner.getByRole("button", { name: "Open log" }).tap();
  await expect(page.getByRole("log")).toContainText("tide");
  await handy(page);
  await page.getByRole("button", { name: "Close the log" }).tap();
  for (const view of ["Timeline", "Table", "History", "Summary", "Manifest"]) {
    await page.getByRole("tablist", { name: "Views" }).getByRole("tab", { name: view }).tap();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await handy(page);
  }
  await page.getByRole("button", { name: "Actions" }).tap();
  await handy(page);
  await page.keyboard.press("Escape");
  await banner.getByRole("button", { name: "Retry…" }).tap();
  await expect(page.getByRole("dialog").locator(".skeleton")).toHaveCount(0);
  await handy(page);
  await page.goto(`${server.url}launch/default?template=${LONG}`);
  await expect(page.getByLabel("who")).toBeVisible();
  await handy(page);
  await context.close();
});

test("a browser that may keep nothing, whose day is another", async ({ page, server }) => {
  await server.api("POST", "api/v1/workflows/tide", workflow("of-today", [sh("main", "true")]));
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException("denied", "SecurityError");
        },
      });
  });
  await page.clock.setSystemTime(Date.now() + 86_400_000);
  await page.goto(`${server.url}workflows/tide`);
  const dialog = page.getByRole("dialog", { name: "Sign in" });
  await dialog.getByLabel("Token", { exact: true }).fill(server.token);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "of-today" }).click();
  await expect(page.locator(".run-head")).toContainText(/started (now|\d+ s ago|1 min ago)/);
  await page.getByRole("link", { name: "Schedules" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Schedules" })).toBeVisible();
});
