/** Answers as `tiphys server` does, from memory and without work: what is measured is the page alone. */
import { createServer, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { syntheticLine, syntheticList, syntheticRun } from "./synthetic.mjs";

const FOLDER = new URL("../../src/tiphys/entrypoints/server/static/", import.meta.url).pathname;
const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".html": "text/html",
};

export interface StandIn {
  url: string;
  stop: () => Promise<void>;
}

/** Serve the built UI; the run `large-N` has N nodes, its log so many bytes, the list so many rows. */
export async function standIn(sizes: { rows: number; logBytes: number }): Promise<StandIn> {
  const runs = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://stand-in");
    answer(url, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const answer = async (url: URL, response: ServerResponse): Promise<void> => {
    const path = url.pathname;
    if (path === "/blank") {
      page(response, "<!doctype html><title>blank</title><p class=box>blank</p>");
      return;
    }
    if (path === "/plain") {
      page(response, plainPage(sizes.rows));
      return;
    }
    const run = /^\/api\/v1\/workflows\/default\/(large-(\d+))(\/log)?$/.exec(path);
    if (run?.[3]) return stream(response, url.searchParams.has("logOptions.tailLines") ? 1 : sizes.logBytes);
    if (run) {
      const [, name = "", size] = run;
      if (!runs.has(name)) runs.set(name, JSON.stringify(syntheticRun(name, Number(size))));
      json(response, runs.get(name) ?? "");
      return;
    }
    if (path === "/api/v1/workflows/default") {
      const limit = Number(url.searchParams.get("listOptions.limit") ?? sizes.rows);
      const from = Number(url.searchParams.get("listOptions.continue") ?? 0);
      json(response, JSON.stringify(syntheticList(limit, from, sizes.rows)));
      return;
    }
    if (path.startsWith("/api/v1/workflow-events/")) {
      // A watch in which nothing happens.
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      return;
    }
    if (path === "/api/v1/userinfo" || path === "/api/v1/info") {
      json(response, "{}");
      return;
    }
    if (path.startsWith("/api/")) {
      response.writeHead(501, { "content-type": "application/json" });
      response.end('{"code": 12, "message": "not here"}');
      return;
    }
    return file(response, path);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What a browser can do on this machine: so many rows of text that it scrolls by itself; a click sets one off. */
function plainPage(rows: number): string {
  const line = (at: number): string => `<p>row ${at} of a page without any code</p>`;
  return (
    "<!doctype html><title>plain</title><style>main{height:600px;overflow:auto}p{height:40px;margin:0}" +
    ".chosen{background:gold}</style>" +
    `<main class=box>${Array.from({ length: rows }, (_, at) => line(at)).join("")}</main>` +
    '<script>document.querySelector("main").onclick=(e)=>e.target.classList.add("chosen")</script>'
  );
}

function json(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "application/json" }).end(text);
}

function page(response: ServerResponse, text: string | Buffer): void {
  response.writeHead(200, { "content-type": "text/html" }).end(text);
}

async function file(response: ServerResponse, path: string): Promise<void> {
  const type = TYPES[extname(path)];
  if (!type || path.endsWith(".html")) {
    page(response, await readFile(join(FOLDER, "index.html")));
    return;
  }
  const body = await readFile(join(FOLDER, normalize(path)));
  response.writeHead(200, { "content-type": type }).end(body);
}

async function stream(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  let sent = 0;
  for (let line = 1; sent < bytes && !response.destroyed;) {
    let part = "";
    for (; part.length < 65_536; line++) part += syntheticLine(line);
    sent += part.length;
    if (!response.write(part)) await drained(response);
  }
  response.end();
}

/** Resolves when more may be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
