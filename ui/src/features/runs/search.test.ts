import { describe, expect, it } from "vitest";
import { filtersOf } from "../../api/workflows";
import { parseSearch, writeSearch } from "../../app/search";
import { chips } from "./filter-text";
import { matches } from "./matching";
import { askedFor, readRunsSearch } from "./search";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const read = (text: string) => readRunsSearch(parseSearch(text));
const asked = (text: string) => filtersOf(askedFor("default", read(text)));

describe("old addresses of the list mean what they say", () => {
  it.each([
    ["Contains", "name has etl"],
    ["Prefix", "name begins with etl"],
    ["Exact", "name is etl"],
    ["NotEquals", "name is not etl"],
  ])("%s=", (match, chip) => {
    const search = read(`?${match}=etl`);
    expect(asked(`?${match}=etl`)).toMatchObject({
      nameFilter: match,
      "listOptions.fieldSelector": "metadata.name=etl",
    });
    expect(chips(search).map(({ text }) => text)).toEqual([chip]);
    expect(chips(search)[0]?.without).toEqual({});
    expect(writeSearch({ ...search })).toBe(`?${match}=etl`);
  });

  it("compares the names of changes in the same way", () => {
    const fits = (text: string): string[] =>
      ["etl", "etl-1", "my-etl"].filter((name) => matches(read(text), { metadata: { name } }, NOW));
    expect(fits("?Contains=etl")).toEqual(["etl", "etl-1", "my-etl"]);
    expect(fits("?Prefix=etl")).toEqual(["etl", "etl-1"]);
    expect(fits("?Exact=etl")).toEqual(["etl"]);
    expect(fits("?NotEquals=etl")).toEqual(["etl-1", "my-etl"]);
  });

  it("phases, labels, moments and the page", () => {
    const text =
      "?phase=Failed&phase=Error&label=team%3Dml&createdAfter=2026-03-01T00%3A00%3A00Z&finishedBefore=2026-03-02T00%3A00%3A00Z&offset=50&limit=20";
    expect(asked(text)).toEqual({
      "listOptions.labelSelector": "team=ml,workflows.argoproj.io/phase in (Failed,Error)",
      "listOptions.fieldSelector": "",
      nameFilter: undefined,
      createdAfter: "2026-03-01T00:00:00Z",
      finishedBefore: "2026-03-02T00:00:00Z",
    });
    expect(read(text).offset).toBe("50");
    expect(chips(read(text)).map((chip) => chip.text)).toContain("without the newest 50");
  });

  it("leaves out what is malformed", () => {
    expect(read("?createdAfter=yesterday&offset=-1&min=x&group=moon&archived=maybe")).toEqual({});
  });
});

it("holds changes against moments whatever their zone, and leaves out what still goes on when it had to end", () => {
  const run = (startedAt: string, finishedAt?: string) => ({
    metadata: { creationTimestamp: startedAt },
    status: finishedAt ? { startedAt, finishedAt } : { startedAt },
  });
  const search = read(
    "?createdAfter=2026-03-01T11%3A00%3A00%2B01%3A00&finishedBefore=2026-03-01T11%3A00%3A00Z",
  );
  expect(matches(search, run("2026-03-01T10:30:00Z", "2026-03-01T10:40:00Z"), NOW)).toBe(true);
  expect(matches(search, run("2026-03-01T09:30:00Z", "2026-03-01T10:40:00Z"), NOW)).toBe(false);
  expect(matches(search, run("2026-03-01T10:30:00Z"), NOW)).toBe(false);
  expect(matches(read("?min=60&max=120"), run("2026-03-01T11:58:30Z"), NOW)).toBe(true);
  expect(matches(read("?max=60"), run("2026-03-01T11:58:30Z"), NOW)).toBe(false);
});
