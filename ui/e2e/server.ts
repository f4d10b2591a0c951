/** A real `tiphys server` for browser tests: its own data directory, loopback only, ended with the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";

const TIPHYS = new URL("../../.venv/bin/tiphys", import.meta.url).pathname;

export interface Server {
  /** Address of the start page, with the base href. */
  url: string;
  token: string;
  /** Call the API as the owner. */
  api: (method: string, path: string, body?: unknown) => Promise<unknown>;
  stop: () => Promise<void>;
}

/** Start a server and wait until it says where it is. */
export async function start(...options: string[]): Promise<Server> {
  const home = await mkdtemp(join(tmpdir(), "tiphys-ui-"));
  await writeFile(join(home, "config.yaml"), "persistence: {archive: true}\n");
  const child = spawn(TIPHYS, ["server", "--home", home, "-p", "0", "--loglevel", "warn", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? String(code))),
  );
  // Warnings belong beside the test's own words; a pipe that nobody reads would also stop the server when it is full.
  child.stderr.on("data", (data: Buffer) => process.stderr.write(data));
  const said = await announced(child);
  const url = /at (http:\S+)/.exec(said)?.[1] ?? "";
  const token = /token: (\S+)/.exec(said)?.[1] ?? "";
  await answers(`${url}healthz`);
  return {
    url,
    token,
    api: async (method, path, body) => {
      const init: RequestInit = { method, headers: { Authorization: `Bearer ${token}` } };
      if (body !== undefined) init.body = JSON.stringify(body);
      const response = await fetch(url + path, init);
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as unknown;
    },
    stop: async () => {
      const early = child.exitCode ?? child.signalCode;
      child.kill("SIGTERM");
      const how = await ended;
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
      if (early !== null || how !== "0") throw new Error(`tiphys server ended with ${how}`);
    },
  };
}

/** The address is said a moment before the server listens there. */
async function answers(address: string): Promise<void> {
  for (let left = 3000; ; left--) {
    try {
      await fetch(address);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function announced(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout?.on("data", (data: Buffer) => {
      out += data.toString();
      if (/token: \S+\n/.test(out)) resolve(out);
    });
    child.once("exit", (code) =>
      reject(new Error(`tiphys server ended with ${code ?? "a signal"}; stderr says why`)),
    );
  });
}

/** Tests with one server per file, and a page that is signed in as its owner. */
export const test = base.extend<{ signedIn: Server }, { options: readonly string[]; server: Server }>({
  /** Options of the server of this file. */
  options: [[], { scope: "worker", option: true }],
  server: [
    async ({ options }, use) => {
      const server = await start(...options);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 600_000 },
  ],
  signedIn: async ({ page, server }, use) => {
    // As the UI keeps a token; what the browser fetches by itself, such as frames, has the cookie.
    await page
      .context()
      .addCookies([
        { name: "authorization", value: `"Bearer ${server.token}"`, url: server.url, sameSite: "Strict" },
      ]);
    await page.addInitScript((token) => {
      if (window.top === window) sessionStorage.setItem("tiphys.token", `Bearer ${token}`);
    }, server.token);
    await use(server);
  },
});
export { expect } from "@playwright/test";
