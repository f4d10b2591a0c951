import { expect, test } from "./server";
import { accessible, template } from "./work";

test("a binding is written, tried out, and starts a run", async ({ page, signedIn: server }) => {
  await server.api("POST", "api/v1/workflow-templates/wired", template("hello"));
  await page.goto(`${server.url}workflow-event-bindings/wired`);
  await page.getByRole("button", { name: "New binding" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "on-message" })).toBeVisible();

  await page.goto(`${server.url}events/wired`);
  await page.getByLabel("Payload").fill('{"message": "Ana"}');
  await page.getByRole("button", { name: "Try" }).click();
  const tried = page.getByRole("list", { name: "What the bindings make of it" });
  await expect(tried).toContainText("on-message starts hello");
  await expect(tried).toContainText("who=Ana");
  await accessible(page);
  await page.getByLabel("Discriminator").fill("chat");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("The event was taken")).toBeVisible();

  await page.getByRole("link", { name: "Flow" }).click();
  await expect(page.locator(".box", { hasText: "on-message" })).toBeVisible();
  await expect(page.locator(".box", { hasText: /hello-/ })).toBeVisible();
  const row = page.getByRole("row", { name: /^on-message binding 1 1 0/ });
  await expect(row).toContainText("hello");
  await accessible(page);
  await server.api("POST", "api/v1/events/wired/chat", { message: "Ben" });
  await expect(page.locator(".box", { hasText: "on-message ×2" })).toBeVisible();
});

test("an event source and a sensor are kept, shown and removed", async ({ page, signedIn: server }) => {
  for (const [path, one, name] of [
    ["event-sources", "event source", "hooks"],
    ["sensors", "sensor", "on-message"],
  ] as const) {
    await page.goto(`${server.url}${path}/wired`);
    await page.getByRole("button", { name: `New ${one}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await page.goto(`${server.url}event-flow/wired`);
  await expect(page.locator(".box", { hasText: "message" }).first()).toBeVisible();
  await page.goto(`${server.url}sensors/wired/on-message`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "No sensors yet" })).toBeVisible();
});
