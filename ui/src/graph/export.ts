/** A graph as a file: a picture that needs nothing of the page, or text for documents.  Pure. */
import { curve } from "./curve";
import type { Rect } from "./nested";
import type { Scene, SceneNode } from "./scene";
import { boundsOf } from "./sight";

/** Colours of a picture, as CSS writes them. */
export interface Ink {
  text: string;
  line: string;
  surface: string;
  background: string;
  /** The colour of one box. */
  of: (node: SceneNode) => string;
}

const MARGIN = 20;

function escaped(text: string): string {
  const NAMES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (letter) => NAMES[letter] ?? letter);
}

/** The graph as SVG, as large as it is laid out; frames of open groups lie behind what is inside. */
export function svgOf(scene: Scene, places: ReadonlyMap<string, Rect>, ink: Ink): string {
  const boxes: string[] = [];
  for (const item of scene.items) {
    const node = scene.nodes.get(item.id);
    const rect = places.get(item.id);
    if (!node || !rect) continue;
    const colour = escaped(ink.of(node));
    const dash = node.planned ? ' stroke-dasharray="4 4"' : "";
    const text = node.open ? rect.y + 22 : rect.y + Math.min(rect.height, 40) / 2 + 5;
    boxes.push(
      `<g><title>${escaped(`${node.name}: ${node.planned ? "planned" : node.phase}`)}</title>` +
        `<rect x="${rect.x}" y="${rect.y}" width="${rect.width}" height="${rect.height}" rx="5" ` +
        `fill="${node.open ? "none" : escaped(ink.surface)}" stroke="${colour}"${dash}/>` +
        (node.open
          ? ""
          : `<rect x="${rect.x}" y="${rect.y}" width="4" height="${rect.height}" rx="2" fill="${colour}"/>`) +
        `<text x="${rect.x + 14}" y="${text}">${escaped(node.name)}</text></g>`,
    );
  }
  const lines = scene.links.flatMap((link) => {
    const [from, to] = [places.get(link.from), places.get(link.to)];
    if (!from || !to) return [];
    const { x1, y1, ax, ay, bx, by, x2, y2 } = curve(from, to, scene.down);
    return [`<path d="M${x1} ${y1}C${ax} ${ay} ${bx} ${by} ${x2} ${y2}"/>`];
  });
  const { width, height } = boundsOf(places.values());
  const size = `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${size}" width="${width + 2 * MARGIN}" height="${height + 2 * MARGIN}" ` +
    `font-family="system-ui, sans-serif" font-size="14" fill="${escaped(ink.text)}">` +
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="100%" height="100%" fill="${escaped(ink.background)}"/>` +
    `<g fill="none" stroke="${escaped(ink.line)}">${lines.join("")}</g>${boxes.join("")}</svg>\n`
  );
}

/** The graph as a Mermaid flow chart: groups are subgraphs, each phase is a class. */
export function mermaidOf(scene: Scene): string {
  const names = new Map([...scene.nodes.keys()].map((id, at) => [id, `n${at}`]));
  const inside = new Map<string | null, string[]>();
  for (const item of scene.items) inside.set(item.parent, [...(inside.get(item.parent) ?? []), item.id]);
  const lines = [`flowchart ${scene.down ? "TB" : "LR"}`];
  const write = (id: string, depth: number): void => {
    const node = scene.nodes.get(id);
    if (!node) return;
    const indent = "  ".repeat(depth);
    const label = `${names.get(id) ?? ""}["${node.name.replace(/"/g, "#quot;")}"]`;
    if (!node.open) {
      lines.push(`${indent}${label}:::${node.planned ? "planned" : node.phase.toLowerCase()}`);
      return;
    }
    lines.push(`${indent}subgraph ${label}`);
    for (const child of inside.get(id) ?? []) write(child, depth + 1);
    lines.push(`${indent}end`);
  };
  for (const id of inside.get(null) ?? []) write(id, 1);
  for (const link of scene.links) {
    const proviso = scene.nodes.get(link.to)?.proviso?.replace(/"/g, "#quot;");
    const arrow = proviso ? `-- "${proviso}" -->` : "-->";
    lines.push(`  ${names.get(link.from) ?? ""} ${arrow} ${names.get(link.to) ?? ""}`);
  }
  const used = new Set(
    [...scene.nodes.values()].map((node) => (node.planned ? "planned" : node.phase.toLowerCase())),
  );
  for (const phase of used)
    if (phase in STROKES) lines.push(`  classDef ${phase} stroke:${STROKES[phase] ?? ""}`);
  return `${lines.join("\n")}\n`;
}

/** The colours of the light look: whoever draws the text has no page to ask. */
const STROKES: Record<string, string> = {
  succeeded: "#1a7f4b",
  failed: "#b3261e",
  error: "#a4133c",
  running: "#0b5fc0",
  pending: "#8a5a00",
  suspended: "#8a5a00",
  skipped: "#5c6a76",
  omitted: "#5c6a76",
  planned: "#5c6a76,stroke-dasharray:4 4",
};
