import { afterEach, expect, test, vi } from "vitest";
import { heard, serverNow } from "./clock";

const NOON = Date.parse("2026-03-01T12:00:00Z");

afterEach(() => {
  vi.useRealTimers();
});

test("the server's day counts, its seconds do not, and no date changes nothing", () => {
  vi.useFakeTimers({ now: NOON });
  heard("Mon, 02 Mar 2026 12:00:00 GMT");
  expect(serverNow()).toBe(NOON + 86_400_000);
  heard(null);
  expect(serverNow()).toBe(NOON + 86_400_000);
  heard("Sun, 01 Mar 2026 11:59:31 GMT");
  expect(serverNow()).toBe(NOON);
});
