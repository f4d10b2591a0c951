import { expect, test } from "vitest";
import { allColumns, COLUMNS, gridOf, runsCsv, shownColumns } from "./columns";

const RUN = {
  metadata: { namespace: "default", name: "a", labels: { team: "ml" } },
  status: {
    phase: "Failed",
    message: 'said "no"',
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: "2026-01-01T00:00:05Z",
  },
  spec: { arguments: { parameters: [{ name: "n", value: "=1" }] } },
};

test("columns of the configuration stand behind ours", () => {
  const all = allColumns({ columns: [{ name: "Team", type: "label", key: "team" }] });
  expect(all).toHaveLength(COLUMNS.length + 1);
  expect(all.at(-1)?.text(RUN, 0)).toBe("ml");
  expect(all.at(-1)?.text({}, 0)).toBe("unknown");
});

test("a file for spreadsheets quotes what needs it", () => {
  const columns = COLUMNS.filter((each) => ["duration", "message"].includes(each.id));
  expect(runsCsv([RUN], columns, 0)).toBe(
    'Namespace,Name,Phase,Duration,Message\r\ndefault,a,Failed,5 s,"said ""no"""\r\n',
  );
});

test("any label is a column when somebody chose it; the namespace is one where there are several", () => {
  const info = { columns: [{ name: "Team", type: "label" as const, key: "team" }] };
  const kept = ["label:app", "label:team", "started", "label:not a label"];
  expect(shownColumns(info, kept, false)).toEqual(["label:app", "label:team", "started"]);
  expect(
    allColumns(info, kept)
      .filter((each) => each.id.startsWith("label:"))
      .map((each) => each.title),
  ).toEqual(["Team", "app"]);
  expect(shownColumns(info, undefined, true)).toContain("namespace");
  expect(shownColumns(info, undefined, false)).not.toContain("namespace");
});

test("any parameter is a column when somebody chose it: the run's value, else that of its manifest", () => {
  const column = allColumns(undefined, ["parameter:n"]).at(-1);
  expect(column?.title).toBe("n");
  expect(column?.text(RUN, 0)).toBe("=1");
  const other = { spec: { arguments: { parameters: [{ name: "n", default: "7" }] } } };
  expect(column?.text(other, 0)).toBe("7");
  expect(column?.text({}, 0)).toBe("");
});

test("moments that are written whole have the place for it", () => {
  const started = COLUMNS.filter((each) => each.id === "started");
  expect(gridOf(started, {}, "relative")).toMatch(/ 92px$/);
  expect(gridOf(started, {}, "UTC")).toMatch(/ 172px$/);
  expect(gridOf(started, { started: 100 }, "UTC")).toMatch(/ 100px$/);
});
