/** Columns of the list of runs: which there are, what they say, which are shown in which order; pure. */
import type { Info, Workflow } from "../../api/types";
import { csvText } from "../../components/csv";
import { duration, seconds } from "../../components/time";
import type { TimeStyle } from "../../components/time-style";
import { originText } from "./origin";

export interface RunColumn {
  id: string;
  title: string;
  /** As the grid wants it. */
  width: string;
  /** Its text is a moment, which is shown as somebody likes moments. */
  moment?: true;
  text: (run: Workflow, now: number) => string;
}

const annotation = (run: Workflow, name: string): string => run.metadata?.annotations?.[name] ?? "";
const label = (run: Workflow, name: string): string => run.metadata?.labels?.[name] ?? "";

/** Beside status and name, which are always there. */
export const COLUMNS: readonly RunColumn[] = [
  { id: "from", title: "From", width: "minmax(6rem, 1fr)", text: originText },
  {
    id: "namespace",
    title: "Namespace",
    width: "minmax(6rem, 1fr)",
    text: (run) => run.metadata?.namespace ?? "",
  },
  {
    id: "started",
    title: "Started",
    width: "92px",
    moment: true,
    text: (run) => run.status?.startedAt ?? run.metadata?.creationTimestamp ?? "",
  },
  {
    id: "duration",
    title: "Duration",
    width: "116px",
    text: (run, now) => duration(seconds(run.status?.startedAt, run.status?.finishedAt, now)),
  },
  { id: "progress", title: "Progress", width: "128px", text: (run) => run.status?.progress ?? "" },
  {
    id: "parameters",
    title: "Parameters",
    width: "minmax(8rem, 1fr)",
    text: (run) =>
      (run.spec?.arguments?.parameters ?? [])
        .map((each) => `${each.name ?? ""}=${String(each.value ?? each.default ?? "")}`)
        .join(" "),
  },
  {
    id: "creator",
    title: "Creator",
    width: "minmax(6rem, 1fr)",
    text: (run) => label(run, "workflows.argoproj.io/creator"),
  },
  {
    id: "finished",
    title: "Finished",
    width: "92px",
    moment: true,
    text: (run) => run.status?.finishedAt ?? "",
  },
  { id: "message", title: "Message", width: "minmax(8rem, 2fr)", text: (run) => run.status?.message ?? "" },
];

/** Columns that somebody made have ids of this kind: `label:team`, `parameter:day`. */
const MADE = /^(label|parameter):([\w./-]+)$/;

/** The value that a run has of a parameter, its own or that of its manifest. */
function parameter(run: Workflow, name: string): string {
  const found = run.spec?.arguments?.parameters?.find((each) => each.name === name);
  return String(found?.value ?? found?.default ?? "");
}

/** With those that the server's configuration names, and those of labels and parameters that somebody chose. */
export function allColumns(info: Info | undefined, kept: unknown = []): RunColumn[] {
  const own = (info?.columns ?? []).map((column): RunColumn => ({
    id: `${column.type}:${column.key}`,
    title: column.name,
    width: "minmax(6rem, 1fr)",
    text: (run) =>
      (column.type === "label" ? label(run, column.key) : annotation(run, column.key)) || "unknown",
  }));
  const there = new Set(own.map((column) => column.id));
  const chosen = (Array.isArray(kept) ? kept : []).flatMap((id): RunColumn[] => {
    const [, kind, key] = (typeof id === "string" && !there.has(id) && MADE.exec(id)) || [];
    if (kind === undefined || key === undefined) return [];
    const read = kind === "label" ? label : parameter;
    return [{ id: `${kind}:${key}`, title: key, width: "minmax(6rem, 1fr)", text: (run) => read(run, key) }];
  });
  return [...COLUMNS, ...own, ...chosen];
}

/** Widths in pixels that somebody chose, by the column's id. */
export type Widths = Readonly<Record<string, number>>;

/** What a moment needs that is written whole. */
const WHOLE = "172px";

/** The grid's columns: choice and status, the name, then these. */
export function gridOf(columns: readonly RunColumn[], widths: Widths, style: TimeStyle): string {
  const each = columns.map(({ id, width, moment }) => {
    if (widths[id] !== undefined) return `${widths[id]}px`;
    return moment && style !== "relative" ? WHOLE : width;
  });
  return `34px 112px minmax(15rem, 2fr) ${each.join(" ")}`;
}

const USUAL = ["from", "started", "duration", "progress", "message"];

/** The ids of the columns that are shown, in their order; those of the configuration until somebody chose others. */
export function shownColumns(info: Info | undefined, kept: unknown, everywhere: boolean): string[] {
  const known = allColumns(info, kept).map((each) => each.id);
  if (Array.isArray(kept)) return kept.filter((id): id is string => known.includes(id as string));
  return known.filter((id) => USUAL.includes(id) || id.includes(":") || (id === "namespace" && everywhere));
}

/** The ids with one of them moved to the place of another. */
export function moved(ids: readonly string[], id: string, to: number): string[] {
  const others = ids.filter((each) => each !== id);
  const place = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, place), id, ...others.slice(place)];
}

/** The runs as a file for spreadsheets. */
export function runsCsv(runs: readonly Workflow[], columns: readonly RunColumn[], now: number): string {
  return csvText([
    ["Namespace", "Name", "Phase", ...columns.map((each) => each.title)],
    ...runs.map((run) => [
      run.metadata?.namespace ?? "",
      run.metadata?.name ?? "",
      run.status?.phase ?? "",
      ...columns.map((each) => each.text(run, now)),
    ]),
  ]);
}
