/** What people do, without a mouse: each control is reached by Tab, is seen when it has the focus, and leaves the focus somewhere. */
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./server";
import { sh, template, workflow } from "./work";

/** More stops than any page has. */
const STOPS = 150;

/** Press Tab until this has the focus; on the way nothing may swallow it, and each stop is to be seen. */
async function reach(page: Page, target: Locator, key = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let left = STOPS; left > 0; left--) {
    if (await target.evaluate((each) => each.matches(":focus"))) {
      expect(await target.evaluate(unseen), "the focus is seen").toBe("");
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never comes to ${String(target)}`);
}

/** What is wrong with the look of what has the focus: no ring, out of the window, below something else. */
function unseen(element: Element): string {
  const { outlineStyle, boxShadow } = getComputedStyle(element);
  if (outlineStyle === "none" && boxShadow === "none") return "no ring";
  const box = element.getBoundingClientRect();
  const [x, y] = [box.x + Math.min(box.width / 2, 40), box.y + Math.min(box.height / 2, 40)];
  const top = document.elementFromPoint(x, y);
  if (!top) return "out of the window";
  const label = element.closest("label");
  return element.contains(top) || top.contains(element) || label?.contains(top)
    ? ""
    : `below ${top.outerHTML.slice(0, 80)}`;
}

/** Reach it and press a key. */
async function press(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await reach(page, target);
  await page.keyboard.press(key);
}

async function write(page: Page, target: Locator, text: string): Promise<void> {
  await reach(page, target);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** Something of the page has the focus, so that a reader of the screen is not sent to its beginning. */
async function focusKept(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
}

const button = (place: Page | Locator, name: string) => place.getByRole("button", { name, exact: true });

test("refused, then signed in; a run is found by the palette, started from the form, watched", async ({
  page,
  server,
}) => {
  await server.api(
    "POST",
    "api/v1/workflow-templates/default",
    template("hail", "echo hail {{workflow.parameters.who}}"),
  );
  await page.goto(`${server.url}workflows/default`);
  const dialog = page.getByRole("dialog", { name: "Sign in" });
  const token = dialog.getByLabel("Token", { exact: true });
  await expect(token).toBeFocused();
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("does not accept");
  await write(page, token, server.token);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await focusKept(page);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("start hail");
  await expect(page.getByRole("option", { name: "Start hail", selected: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await write(page, page.getByLabel("who"), "Ana");
  await press(page, button(page, "Start"));
  await expect(page.getByRole("heading", { level: 1, name: /^hail-/ })).toBeVisible();
  await focusKept(page);
  await expect(page.locator(".run-head").getByRole("status")).toContainText("Succeeded");
});

test("a failed run: its log is read and searched, it is retried with another parameter", async ({
  page,
  signedIn: server,
}) => {
  const { workflow: run } = workflow("leaky", [
    sh("main", "echo pump {{workflow.parameters.pump}}; test {{workflow.parameters.pump}} = on"),
  ]);
  await server.api("POST", "api/v1/workflows/sea", {
    workflow: { ...run, spec: { ...run.spec, arguments: { parameters: [{ name: "pump", value: "off" }] } } },
  });
  await page.goto(`${server.url}workflows/sea`);
  await expect(page.getByRole("table", { name: "Runs" }).getByText("Failed")).toBeVisible();
  await press(page, page.getByRole("link", { name: "leaky", exact: true }));
  const banner = page.getByRole("alert", { name: "Failure" });
  await press(page, button(banner, "Open log"));
  const log = page.getByRole("region", { name: "Log", exact: true });
  await expect(log.getByRole("log")).toContainText("pump off");
  await write(page, log.getByRole("searchbox", { name: "Search in the log" }), "pump");
  await expect(log.getByText("1 of 1")).toBeVisible();
  await press(page, button(log, "Close the log"));
  await expect(log).toHaveCount(0);
  await expect(button(banner, "Open log")).toBeFocused();

  await press(page, button(banner, "Retry…"));
  const dialog = page.getByRole("dialog");
  await write(page, dialog.getByLabel("pump"), "on");
  await press(page, button(dialog, "Retry"));
  await expect(page.locator(".run-head").getByRole("status")).toContainText("Succeeded");
  await focusKept(page);
});

test("a step that waits is approved with a value", async ({ page, signedIn: server }) => {
  await server.api(
    "POST",
    "api/v1/workflows/sea",
    workflow("lock-gate", [
      { name: "main", steps: [[{ name: "gate", template: "gate" }], [{ name: "after", template: "after" }]] },
      {
        name: "gate",
        inputs: { parameters: [{ name: "level", enum: ["low", "high"], value: "low" }] },
        outputs: { parameters: [{ name: "level", valueFrom: { supplied: {} } }] },
        suspend: {},
      },
      sh("after", "true"),
    ]),
  );
  await page.goto(`${server.url}workflows/sea/lock-gate`);
  await press(page, button(page.getByRole("status", { name: "Waiting" }), "Answer…"));
  const form = page.getByRole("form", { name: "Waiting for you" });
  await expect(form).toBeFocused();
  await reach(page, form.getByLabel("level"));
  await page.keyboard.press("h");
  await expect(form.getByLabel("level")).toHaveValue("high");
  await press(page, button(form, "Approve"));
  await expect(form).toHaveCount(0);
  await focusKept(page);
  await expect(page.getByRole("status").filter({ hasText: "It goes on" })).toBeVisible();
});

test("a template is edited, its mistake is found, mended and saved", async ({ page, signedIn: server }) => {
  await server.api("POST", "api/v1/workflow-templates/sea", template("charted", "echo one", []));
  await page.goto(`${server.url}workflow-templates/sea/charted`);
  await reach(page, page.getByRole("tablist").getByRole("tab", { selected: true }));
  for (let left = 8; left > 0 && !page.url().includes("tab=manifest"); left--)
    await page.keyboard.press("ArrowRight");
  const editor = page.getByRole("textbox", { name: "Manifest" });
  await expect(editor).toBeVisible();
  for (let left = STOPS; left > 0 && !(await editor.evaluate((each) => each.matches(":focus"))); left--)
    await page.keyboard.press("Tab");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\nx: [");
  await expect(page.getByText(/^1 error/)).toBeVisible();
  for (let left = 4; left > 0; left--) await page.keyboard.press("Backspace");
  await page.keyboard.type("# charted");
  await expect(page.getByText("No findings")).toBeVisible();
  // The editor tells how Tab leaves it.
  await expect(editor).toHaveAccessibleDescription(/Escape/);
  await page.keyboard.press("Escape");
  await press(page, button(page, "Save"));
  await expect(page.getByText("Saved")).toBeVisible();
  await focusKept(page);
});

test("a schedule is made and backfilled", async ({ page, signedIn: server }) => {
  await server.api("POST", "api/v1/workflow-templates/sea", template("tide", "true", []));
  await page.goto(`${server.url}cron-workflows/sea`);
  await press(page, button(page, "New schedule"));
  const dialog = page.getByRole("dialog", { name: "New schedule" });
  await write(page, dialog.getByLabel("Name"), "tides");
  await reach(page, dialog.getByLabel("Template"));
  await page.keyboard.type("tide");
  await expect(dialog.getByLabel("Template")).toHaveValue("tide");
  await write(page, dialog.getByLabel("Schedule"), "0 * * * *");
  await write(page, dialog.getByLabel("Time zone"), "UTC");
  await press(page, button(dialog, "Create"));
  await expect(page.getByRole("heading", { level: 1, name: "tides" })).toBeVisible();
  await focusKept(page);
  await press(page, button(page, "Backfill…"));
  const backfill = page.getByRole("dialog", { name: "Backfill tides" });
  await reach(page, backfill.getByLabel("From"));
  await page.keyboard.type("01012026");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("1230AM");
  await reach(page, backfill.getByLabel("To", { exact: true }));
  await page.keyboard.type("01012026");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("0230AM");
  await expect(backfill.getByRole("status")).toContainText("2 moments");
  await press(page, button(backfill, "Start 2 runs"));
  await expect(page.getByText("2 runs were started")).toBeVisible();
  await focusKept(page);
});

test("runs are chosen, stopped and deleted together", async ({ page, signedIn: server }) => {
  for (const name of ["wait-1", "wait-2"])
    await server.api("POST", "api/v1/workflows/harbour", workflow(name, [{ name: "main", suspend: {} }]));
  await page.goto(`${server.url}workflows/harbour`);
  const list = page.getByRole("table", { name: "Runs" });
  await expect(list.getByText("Running")).toHaveCount(2);
  await press(page, list.getByRole("checkbox", { name: "Choose all that are loaded" }), "Space");
  const bar = page.getByRole("region", { name: "Chosen runs" });
  await reach(page, button(bar, "Stop"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await press(page, button(page.getByRole("dialog"), "Stop"));
  await expect(list.getByText("Failed")).toHaveCount(2);
  await focusKept(page);
  await press(page, list.getByRole("checkbox", { name: "Choose all that are loaded" }), "Space");
  await reach(page, button(bar, "Delete"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await press(page, button(page.getByRole("dialog"), "Delete"));
  await expect(page.getByText("Delete: 2 done")).toBeVisible();
  await focusKept(page);
});
