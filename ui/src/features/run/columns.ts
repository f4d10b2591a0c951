/** Columns of the table of nodes; pure. */
import { csvText } from "../../components/csv";
import { seconds } from "../../components/time";
import type { RunNode } from "./model";

export const COLUMNS = [
  ["phase", "Status"],
  ["name", "Name"],
  ["type", "Type"],
  ["template", "Template"],
  ["started", "Started"],
  ["duration", "Duration"],
  ["exit", "Exit"],
  ["message", "Message"],
  ["inputs", "Parameters"],
  ["host", "Host"],
] as const;
export type Column = (typeof COLUMNS)[number][0];

/** A cell as text, for sorting and export. */
export function cell(node: RunNode, column: Column): string {
  const { status } = node;
  switch (column) {
    case "phase":
      return node.phase;
    case "name":
      return node.name;
    case "type":
      return status.type ?? "";
    case "template":
      return status.templateName ?? status.templateRef?.template ?? "";
    case "started":
      return status.startedAt ?? "";
    case "duration":
      return status.finishedAt ? String(seconds(status.startedAt, status.finishedAt, 0) ?? "") : "";
    case "exit":
      return status.outputs?.exitCode ?? "";
    case "host":
      return status.hostNodeName ?? "";
    case "inputs":
      return (status.inputs?.parameters ?? [])
        .map(({ name = "", value }) => `${name}=${String(value ?? "")}`)
        .join(", ");
    case "message":
      return status.message ?? "";
  }
}

export function sorted(nodes: readonly RunNode[], by: Column, down: boolean): RunNode[] {
  const order = new Intl.Collator("en", { numeric: true });
  const keyed = nodes.map((node) => ({ node, key: cell(node, by) }));
  keyed.sort((a, b) => order.compare(a.key, b.key));
  const found = keyed.map(({ node }) => node);
  return down ? found.reverse() : found;
}

/** The nodes as a file for spreadsheets. */
export function csvOf(nodes: readonly RunNode[]): string {
  return csvText([
    COLUMNS.map(([, title]) => title),
    ...nodes.map((node) => COLUMNS.map(([column]) => cell(node, column))),
  ]);
}
