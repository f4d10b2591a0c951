import { expect, test } from "vitest";
import { linkUrl } from "./link-url";

const run = {
  metadata: { name: "a b", labels: { "app.kubernetes.io/name": "etl" } },
  status: { startedAt: "2026-01-01T00:00:00Z" },
};

test("places stand for what the object has there, written so that an address stays one", () => {
  const cases = {
    "http://x/${metadata.name}": "http://x/a%20b",
    "http://x/${metadata.labels['app.kubernetes.io/name']}": "http://x/etl",
    "http://x/?from=${status.startedAtEpoch}": "http://x/?from=1767225600000",
    "http://x/${status.finishedAt}/${metadata}": "http://x//",
  };
  for (const [url, filled] of Object.entries(cases)) expect(linkUrl(url, run)).toBe(filled);
});
