import { expect, test } from "vitest";
import { Place } from "./storage";

const map = (room: number): Storage => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
    removeItem: (key: string) => kept.delete(key),
  } as unknown as Storage;
};

test("what does not fit is remembered, and hides what was kept before", () => {
  const storage = map(3);
  const place = new Place(() => storage);
  expect(place.set("a", "one")).toBe(true);
  expect(place.set("a", "three")).toBe(false);
  expect(place.get("a")).toBe("three");
  expect(place.set("a", "two")).toBe(true);
  expect(new Place(() => storage).get("a")).toBe("two");
  place.set("a", "three");
  place.remove("a");
  expect(place.get("a")).toBeNull();
});

test("a browser that forbids it has the page remember", () => {
  const place = new Place(() => {
    throw new DOMException("denied", "SecurityError");
  });
  expect(place.get("a")).toBeNull();
  expect(place.set("a", "one")).toBe(false);
  expect(place.get("a")).toBe("one");
  expect(place.keys()).toEqual(["a"]);
  place.remove("a");
  expect(place.keys()).toEqual([]);
});
