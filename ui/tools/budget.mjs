// Sizes of the built parts, gzipped, against the budget; fails above it.  See docs/decisions/0009-ui-stack.md.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = new URL("../../src/tiphys/entrypoints/server/static/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));
const sizes = new Map();
const size = (file) => {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(folder, file)), { level: 6 }).length);
  return sizes.get(file);
};

/** Files that a part loads at once, with what it imports statically. */
function files(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const css of chunk.css ?? []) found.add(css);
  for (const other of chunk.imports ?? []) files(other, found);
  return found;
}

const key = (ending) => {
  const found = Object.keys(manifest).find((name) => name.endsWith(ending));
  if (!found) throw new Error(`no part ends with ${ending}`);
  return found;
};
const all = (...endings) => new Set(endings.flatMap((ending) => [...files(key(ending))]));
const first = all("index.html", "features/runs/runs.tsx");
const page = all("features/run/run.tsx");
const worker = (name) =>
  readdirSync(join(folder, "assets"))
    .filter((file) => file.startsWith(`${name}.worker`))
    .map((file) => `assets/${file}`);
const sum = (set, ending) =>
  [...set].filter((file) => file.endsWith(ending)).reduce((n, file) => n + size(file), 0);
const beyond = (set, ...known) => new Set([...set].filter((file) => !known.some((other) => other.has(file))));
const everything = new Set(readdirSync(join(folder, "assets")).map((name) => `assets/${name}`));

const rows = [
  ["shell and runs list, JS", sum(new Set([...first, ...worker("hub")]), ".js"), 230],
  ["shell and runs list, CSS", sum(first, ".css"), 25],
  [
    "run page: graph and worker",
    sum(beyond(new Set([...page, ...all("graph/canvas.tsx"), ...worker("layout")]), first), ".js"),
    90,
  ],
  ["log viewer", sum(beyond(all("logs/dock.tsx"), first, page), ".js"), 25],
  ["editor", sum(beyond(all("editor/codemirror.ts"), first), ".js"), 190],
  ["insights", sum(beyond(all("features/insights/insights.tsx"), first), ".js"), 40],
  ["everything", sum(everything, ".js") + sum(everything, ".css"), 700],
];
let over = existsSync(folder) ? 0 : 1;
for (const [name, bytes, limit] of rows) {
  const kilobytes = bytes / 1000;
  if (kilobytes > limit) over++;
  console.log(
    `${name.padEnd(28)} ${kilobytes.toFixed(1).padStart(7)} kB of ${limit} kB${kilobytes > limit ? "  TOO LARGE" : ""}`,
  );
}
process.exit(over ? 1 : 0);
