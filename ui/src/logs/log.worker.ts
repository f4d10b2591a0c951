/** Reads what the server sends of a log beside the page: text, JSON, what was read before, packed for the page. */
import { ApiError } from "../api/client";
import type { LogEntry } from "./entry";
import { LogReader, type Portion, portionOf } from "./portion";

/** A log is opened once; then each connection has a number, its bytes, and null for its end. */
export type ToReader =
  { open: readonly string[] | null } | { connect: number } | { bytes: Uint8Array<ArrayBuffer> | null };

/** Lines of a connection. */
export interface FromReader {
  connection: number;
  portion: Portion;
  /** How many pieces of bytes were read since the last answer. */
  read: number;
  /** From where the next connection should read on. */
  since: string;
  /** These were its last lines; a failure says why. */
  ended: boolean;
  failure: { status: number; code: number; message: string } | null;
}

/** How often the page hears of lines while they come, in milliseconds, and after how many pieces at the latest. */
const TOLD_EVERY = 50;
const AHEAD = 16;

let reader = new LogReader(null);
let connection = 0;
let broken = false;
let entries: LogEntry[] = [];
let read = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function tell(ended = false, failure: FromReader["failure"] = null): void {
  clearTimeout(timer);
  timer = undefined;
  const portion = portionOf(entries);
  const answer: FromReader = { connection, portion, read, since: reader.since(), ended, failure };
  entries = [];
  read = 0;
  self.postMessage(answer);
}

function take(bytes: Uint8Array | null): void {
  if (broken) return;
  try {
    for (const entry of reader.read(bytes)) entries.push(entry);
    read++;
  } catch (error) {
    broken = true;
    const { status, code } = error instanceof ApiError ? error : { status: 0, code: 2 };
    tell(true, { status, code, message: error instanceof Error ? error.message : String(error) });
    return;
  }
  if (bytes === null) tell(true);
  else if (read >= AHEAD) tell();
  else timer ??= setTimeout(tell, TOLD_EVERY);
}

self.addEventListener("message", ({ data }: MessageEvent<ToReader>) => {
  if ("open" in data) reader = new LogReader(data.open && new Set(data.open));
  else if ("connect" in data) {
    connection = data.connect;
    broken = false;
    read = 0;
    reader.connect();
  } else take(data.bytes);
});
