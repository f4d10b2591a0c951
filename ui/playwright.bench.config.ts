import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

// Measurements, not tests: `npm run bench`, or `python -m bench ui` from the root.
export default defineConfig({
  ...base,
  testDir: "bench",
  testMatch: "*.bench.ts",
  timeout: 240_000,
  reporter: [["dot"]],
});
