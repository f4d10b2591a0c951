import { expect, start, test } from "./server";

test("the page comes with a policy that allows nothing inline and no other origin", async ({ server }) => {
  const answer = await fetch(server.url);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe-inline");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
});

test("signs in with the token, and refuses a wrong one", async ({ page, server }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  await page.goto(`${server.url}workflows/default`);
  const dialog = page.getByRole("dialog", { name: "Sign in" });
  await dialog.getByLabel("Token", { exact: true }).fill("wrong");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("The server does not accept this token.");
  await dialog.getByLabel("Token", { exact: true }).fill(server.token);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(dialog).toBeHidden();
  // What was refused before is followed now.
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  expect(violations).toEqual([]);
});

test("works below a base path, whether a proxy cuts it or not", async ({ page }) => {
  const server = await start("--base-href", "/argo/", "--auth-mode", "server");
  try {
    await page.goto(`${server.url}workflows/default`);
    await expect(page.getByRole("heading", { name: "No runs yet" })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe("/argo/workflows/default");
  } finally {
    await server.stop();
  }
});
