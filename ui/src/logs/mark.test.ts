import { expect, test } from "vitest";
import { LogMark } from "./mark";

const line = (podName: string, second: string, text: string) => ({
  podName,
  content: `2026-01-01T00:00:${second}Z ${text}`,
});

test("a log that is read on has every line once", () => {
  const mark = new LogMark();
  expect(mark.since()).toBe("");
  const first = [line("a", "01.5", "one"), line("a", "20.0", "two"), line("b", "19.0", "three")];
  expect(mark.reading()(first)).toEqual(first);
  expect(mark.since()).toBe("2026-01-01T00:00:10.000Z");
  const again = [
    line("b", "18.5", "old"),
    line("b", "19.0", "three"),
    line("b", "19.0", "at the same moment"),
    line("a", "20.0", "two"),
    line("c", "12.0", "a pod that was late"),
  ];
  const fresh = mark.reading();
  expect(fresh(again.slice(0, 3))).toEqual([again[2]]);
  expect(fresh(again.slice(3))).toEqual([again[4]]);
  expect(mark.reading()(again)).toEqual([]);
});
