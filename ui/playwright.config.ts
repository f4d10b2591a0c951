import { defineConfig } from "@playwright/test";

// Debian's chromium against a real `tiphys server`; each test file starts servers of its own (e2e/server.ts).
export default defineConfig({
  testDir: "e2e",
  outputDir: "e2e-results",
  fullyParallel: false,
  workers: 1,
  // In CI what fails has a second look, and is called flaky then (docs/decisions/0057).
  retries: process.env["CI"] ? 1 : 0,
  // Generous: they are for what hangs, on machines that do other things too.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  reporter: [["line"]],
  use: {
    actionTimeout: 120_000,
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
    screenshot: "only-on-failure",
  },
});
