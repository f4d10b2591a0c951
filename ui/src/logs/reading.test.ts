import { expect, test } from "vitest";
import { ApiError } from "../api/client";
import { LogLines } from "./lines";
import type { FromReader, ToReader } from "./log.worker";
import { joined, LogReader, portionOf, textOf } from "./portion";
import { ReaderStopped, Reading } from "./reading";

const frame = (podName: string, second: string, text: string): string =>
  `${JSON.stringify({ result: { podName, content: `2026-01-01T00:00:${second}Z ${text}` } })}\n`;
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

test("lines come whole, whatever the pieces; those that another connection had are left out", () => {
  const reader = new LogReader(new Set(["a"]));
  const sent = bytes(frame("a", "01", "grün") + frame("b", "02", "another pod") + frame("a", "03", "two"));
  const cut = sent.indexOf(0xc3) + 1;
  const texts = [...reader.read(sent.slice(0, cut)), ...reader.read(sent.slice(cut)), ...reader.read(null)];
  expect(texts.map(({ content }) => content?.split(" ")[1])).toEqual(["grün", "two"]);
  expect(reader.since()).toBe("2025-12-31T23:59:53.000Z");
  reader.connect();
  const again = reader.read(bytes(frame("a", "03", "two") + frame("a", "04", "three").trimEnd()));
  expect([...again, ...reader.read(null)].map(({ content }) => content?.split(" ")[1])).toEqual(["three"]);
});

test("portions that are joined say the same", () => {
  const first = [
    { podName: "a", content: "2026-01-01T00:00:01Z one" },
    { podName: "b", content: "::group::x" },
  ];
  const second = [
    { podName: "b", content: "" },
    { content: "2026-01-01T00:00:02Z" },
    { podName: "c", content: "3" },
  ];
  expect(joined(portionOf(first), portionOf(second))).toEqual(portionOf([...first, ...second]));
});

test("a portion as a file has no times that the server put there, and each line ends", () => {
  const entries = [
    { podName: "a", content: "2026-01-01T00:00:01Z one" },
    { podName: "a", content: "" },
    { podName: "b", content: "2026-01-01T00:00:02Z two" },
  ];
  expect(textOf(portionOf(entries))).toBe("one\n\ntwo\n");
});

test("lines that come one by one or in thousands are numbered alike, and the oldest forgotten", () => {
  const lines = new LogLines(1000);
  const one = (n: number) => ({ podName: "p", content: n % 100 ? `line ${n}` : "::group::" });
  for (let n = 1; n <= 700; n++) lines.add(portionOf([one(n)]));
  lines.add(portionOf(Array.from({ length: 900 }, (_, at) => one(701 + at))));
  expect([lines.first, lines.length]).toEqual([601, 1000]);
  expect([0, 1, 999].map((at) => lines.at(at)?.text)).toEqual(["line 601", "line 602", "::group::"]);
  expect(lines.at(1000)).toBeUndefined();
  expect(lines.marks(1)).toEqual([700, 800, 900, 1000, 1100, 1200, 1300, 1400, 1500, 1600]);
  expect(lines.marks(1501)).toEqual([1600]);
});

/** What the worker is, without a thread. */
class Beside extends EventTarget {
  private reader = new LogReader(null);
  private connection = 0;
  postMessage = (message: ToReader): void => {
    if ("open" in message) return;
    if ("connect" in message) {
      this.connection = message.connect;
      this.reader.connect();
      return;
    }
    this.say({ portion: portionOf(this.reader.read(message.bytes)), ended: message.bytes === null });
  };
  terminate = (): void => undefined;
  say(more: Partial<FromReader>): void {
    const data: FromReader = {
      connection: this.connection,
      portion: portionOf([]),
      read: 1,
      since: this.reader.since(),
      ended: false,
      failure: null,
      ...more,
    };
    queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data })));
  }
}

const bodyOf = (...texts: string[]): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    start(control) {
      for (const text of texts) control.enqueue(bytes(text));
      control.close();
    },
  });

async function linesOf(reading: Reading, body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string[]> {
  const lines = new LogLines();
  for await (const portion of reading.lines(body)) lines.add(portion);
  return Array.from({ length: lines.length }, (_, at) => lines.at(at)?.text ?? "");
}

test("a body longer than what may wait is read to its end, and another one after it", async () => {
  const reading = new Reading(null, new Beside());
  const texts = Array.from({ length: 100 }, (_, at) => frame("a", "01", `line ${at}`));
  expect(await linesOf(reading, bodyOf(...texts))).toHaveLength(100);
  expect(await linesOf(reading, bodyOf(...texts, frame("a", "02", "new")))).toEqual(["new"]);
});

test("what the server says is an error is one; so is a worker that ends", async () => {
  const beside = new Beside();
  const reading = new Reading(null, beside);
  const never = (): ReadableStream<Uint8Array<ArrayBuffer>> => new ReadableStream();
  const failing = linesOf(reading, never());
  beside.say({ ended: true, failure: { status: 403, code: 7, message: "not yours" } });
  await expect(failing).rejects.toEqual(new ApiError(403, 7, "not yours"));
  const dying = linesOf(reading, never());
  beside.dispatchEvent(new Event("error"));
  await expect(dying).rejects.toBeInstanceOf(ReaderStopped);
});
