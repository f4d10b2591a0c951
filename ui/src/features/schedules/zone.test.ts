import { expect, test } from "vitest";
import { momentAt, wallOf, zoneOf } from "./zone";

const BERLIN = "Europe/Berlin";
const at = (wall: string, zone = BERLIN) => new Date(momentAt(wall, zone) ?? 0).toISOString().slice(0, 16);

test("a wall clock and its moment lead to each other", () => {
  expect(wallOf(Date.parse("2026-03-01T23:30:00Z"), BERLIN)).toBe("2026-03-02T00:30");
  expect(at("2026-03-02T00:30")).toBe("2026-03-01T23:30");
  expect(at("2026-07-02T00:30")).toBe("2026-07-01T22:30");
  expect(at("2026-07-02T00:30", "Asia/Kolkata")).toBe("2026-07-01T19:00");
  expect(momentAt("", BERLIN)).toBeNull();
  expect(at("0202-01-01T00:30", "UTC")).toBe("0202-01-01T00:30");
  expect(momentAt("+275760-09-13T00:00", BERLIN)).toBeNull();
});

test("an hour that comes twice is its first, one that is left out is later", () => {
  expect(at("2026-10-25T02:30")).toBe("2026-10-25T00:30");
  expect(at("2026-03-29T02:30")).toBe("2026-03-29T01:30");
});

test("a schedule has a zone in any case", () => {
  const spec = (schedules: string[], timezone?: string) => zoneOf({ spec: { schedules, timezone } } as never);
  expect(spec(["0 * * * *"], BERLIN)).toBe(BERLIN);
  expect(spec(["CRON_TZ=Asia/Tokyo 0 * * * *"], BERLIN)).toBe("Asia/Tokyo");
  expect(spec(["TZ=Asia/Tokyo 0 * * * *", "0 1 * * *"])).toBe("UTC");
  expect(spec(["0 * * * *"], "Nowhere/Atall")).toBe("UTC");
});
