import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

// Pictures for people, not tests: `npm run screenshots` writes them to screenshots/out.
export default defineConfig({ ...base, testDir: "screenshots", timeout: 60_000 });
