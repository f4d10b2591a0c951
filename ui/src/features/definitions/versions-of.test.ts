import { expect, test } from "vitest";
import { shownVersions } from "./versions-of";

const version = (generation: number, until?: string, labels: Record<string, string> = {}) => ({
  generation,
  ...(until ? { until } : {}),
  manifest: { metadata: { creationTimestamp: "2026-01-01T00:00:00Z", labels } },
});
const run = (creationTimestamp: string) => ({ metadata: { creationTimestamp } });

test("runs are counted with the version that was there when they were made", () => {
  const shown = shownVersions(
    [
      version(3, undefined, { "workflows.argoproj.io/actor-email": "ana.at.example.org" }),
      version(2, "2026-01-03T00:00:00Z"),
      version(1, "2026-01-02T00:00:00Z", { "workflows.argoproj.io/creator": "bob" }),
    ],
    [
      run("2026-01-01T10:00:00Z"),
      run("2026-01-02T10:00:00Z"),
      run("2026-01-03T00:00:00Z"),
      run("2026-01-04T00:00:00Z"),
    ],
  );
  expect(shown.map(({ generation, since, by, runs }) => [generation, since, by, runs])).toEqual([
    [3, "2026-01-03T00:00:00Z", "ana@example.org", 2],
    [2, "2026-01-02T00:00:00Z", undefined, 1],
    [1, "2026-01-01T00:00:00Z", "bob", 1],
  ]);
});
