import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `base: "./"` keeps every address relative to <base href>, which the server writes into index.html.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../src/tiphys/entrypoints/server/static",
    emptyOutDir: true,
    // Inlined assets would need data: in the content security policy.
    assetsInlineLimit: 0,
    sourcemap: false,
    manifest: true,
    chunkSizeWarningLimit: 900,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": "http://127.0.0.1:2746", "/artifact-files": "http://127.0.0.1:2746" } },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
