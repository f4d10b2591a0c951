/** What the boxes of a graph are coloured by, and what each colour means; pure.  Colours never say anything alone. */
import type { RunModel, RunNode } from "../features/run/model";
import { seconds } from "../components/time";

export const COLOUR_BY = [
  ["phase", "Status"],
  ["duration", "Duration"],
  ["template", "Template"],
  ["ref", "Workflow template"],
  ["host", "Host"],
  ["cpu", "CPU time"],
  ["retry", "Attempts"],
] as const;
export type ColourBy = (typeof COLOUR_BY)[number][0];

export interface Colouring {
  /** The class of a node's colour; empty for the colour of its phase. */
  look: (node: RunNode | undefined) => string;
  legend: readonly { look: string; text: string }[];
}

/** Seconds that a node took; null before its end. */
const podTime = (node: RunNode): number | null =>
  node.status.finishedAt ? seconds(node.status.startedAt, node.status.finishedAt, 0) : null;

/** Seconds of one CPU that a node is billed for; null where nothing says so. */
const cpuTime = (node: RunNode): number | null => node.status.resourcesDuration?.["cpu"] ?? null;

const HUES = 8;
const HEATS = 5;
const NONE = "hue-none";

/** Colours of a run's nodes. */
export function colouring(by: ColourBy, model: RunModel): Colouring {
  if (by === "duration") return heats(model, podTime);
  if (by === "cpu") return heats(model, cpuTime);
  if (by === "retry") return attempts();
  if (by === "phase") return { look: () => "", legend: [] };
  return hues(model, { host: hostOf, template: templateName, ref: referenceOf }[by]);
}

const hostOf = (node: RunNode): string => node.status.hostNodeName ?? "";
const templateName = (node: RunNode): string =>
  node.status.templateName ?? node.status.templateRef?.template ?? "";

/** The template that another object has, for nodes that use it and for all that is inside it. */
const referenceOf = ({ status }: RunNode): string => {
  const [kind, name] = (status.templateScope ?? "").split("/");
  return status.templateRef?.name ?? (kind === "local" ? "" : (name ?? ""));
};

/** The most frequent values get a colour each, all others share the last. */
function hues(model: RunModel, value: (node: RunNode) => string): Colouring {
  const counts = new Map<string, number>();
  for (const node of model.nodes.values()) {
    const name = value(node);
    if (name && node.inside.length === 0) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
  const many = names.length > HUES;
  const place = new Map(names.map((name, at) => [name, many ? Math.min(at, HUES - 1) : at]));
  const legend = names.slice(0, many ? HUES - 1 : HUES).map((text, at) => ({ look: `hue-${at}`, text }));
  if (many) legend.push({ look: `hue-${HUES - 1}`, text: `${names.length - HUES + 1} more` });
  return {
    look: (node) => {
      const at = node && node.kind === "node" ? place.get(value(node)) : undefined;
      return at === undefined ? NONE : `hue-${at}`;
    },
    legend,
  };
}

/** Five steps between the quickest and the slowest, by ratio: run times differ by powers of ten. */
function heats(model: RunModel, value: (node: RunNode) => number | null): Colouring {
  const times = [...model.nodes.values()].filter((node) => node.inside.length === 0).map(value);
  const known = times.filter((time) => time !== null);
  // Folded with reduce: spreading tens of thousands of values into one call is more than engines take.
  const low = Math.max(
    1,
    known.reduce((a, b) => Math.min(a, b), known[0] ?? 1),
  );
  const high = known.reduce((a, b) => Math.max(a, b), low);
  const step = (time: number): number =>
    high === low
      ? 0
      : Math.min(HEATS - 1, Math.floor((HEATS * Math.log(Math.max(1, time / low))) / Math.log(high / low)));
  const edge = (at: number): number => Math.round(low * (high / low) ** (at / HEATS));
  return {
    look: (node) => {
      const time = node && node.inside.length === 0 ? value(node) : null;
      return time === null ? NONE : `heat-${step(time)}`;
    },
    legend: Array.from({ length: high === low ? 1 : HEATS }, (_, at) => ({
      look: `heat-${at}`,
      text: at === 0 ? `≤ ${edge(1)} s` : `> ${edge(at)} s`,
    })),
  };
}

function attempts(): Colouring {
  const texts = ["1 attempt", "2 attempts", "3 attempts", "4 attempts", "5 or more"];
  return {
    look: (node) =>
      node && node.inside.length === 0
        ? `heat-${Math.min(HEATS - 1, Math.max(0, node.attempts.length - 1))}`
        : NONE,
    legend: texts.map((text, at) => ({ look: `heat-${at}`, text })),
  };
}
