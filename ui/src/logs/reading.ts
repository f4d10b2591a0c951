/** A log that a worker reads: the page carries bytes there and lines back, a bounded number at once. */
import { ApiError } from "../api/client";
import type { FromReader, ToReader } from "./log.worker";
import type { Portion } from "./portion";

/** So many pieces of bytes may wait for the worker; then the server has to. */
const AHEAD = 32;

/** The worker cannot go on; another connection would not help. */
export class ReaderStopped extends Error {}

type Worked = Pick<Worker, "postMessage" | "terminate" | "addEventListener">;

export class Reading {
  /** From where the next connection should read on; empty for from the beginning. */
  since = "";
  private connection = 0;
  private ahead = 0;
  private readonly answers: FromReader[] = [];
  private stopped: Error | null = null;
  private wake: () => void = () => undefined;

  /** Only lines of these pods; null for all. */
  constructor(
    pods: readonly string[] | null,
    private readonly worker: Worked = new Worker(new URL("./log.worker.ts", import.meta.url), {
      type: "module",
    }),
  ) {
    worker.addEventListener("message", (event) => this.take((event as MessageEvent<FromReader>).data));
    worker.addEventListener("error", () => this.stop());
    worker.addEventListener("messageerror", () => this.stop());
    this.send({ open: pods });
  }

  /** The lines of a body as they come; what it says is an error is thrown. */
  async *lines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Portion> {
    const source = body.getReader();
    this.send({ connect: ++this.connection });
    this.ahead = 0;
    // Read through a function: the checker cannot know that it changes while we wait.
    const state: { over: boolean; broken: Error | null } = { over: false, broken: null };
    const over = (): boolean => state.over;
    const carry = async (): Promise<void> => {
      for (let done = false; !done;) {
        const piece = await source.read();
        if (over()) return;
        done = piece.done;
        this.ahead++;
        this.send({ bytes: piece.value ?? null }, piece.value ? [piece.value.buffer] : []);
        while (this.ahead > AHEAD && !over()) await this.turn();
      }
    };
    void carry().catch((error: unknown) => {
      state.broken = error instanceof Error ? error : new ApiError(0, 14, "the connection broke");
      this.announce();
    });
    try {
      for (;;) {
        const answer = this.answers.shift();
        if (answer) {
          if (answer.portion.ends.length > 0) yield answer.portion;
          if (answer.connection !== this.connection) continue;
          const { failure } = answer;
          if (failure) throw new ApiError(failure.status, failure.code, failure.message);
          if (answer.ended) return;
        } else if (this.stopped) throw this.stopped;
        else if (state.broken) throw state.broken;
        else await this.turn();
      }
    } finally {
      state.over = true;
      this.announce();
      await source.cancel().catch(() => undefined);
    }
  }

  close(): void {
    this.worker.terminate();
  }

  private send(message: ToReader, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private take(answer: FromReader): void {
    if (answer.connection === this.connection) this.ahead -= answer.read;
    this.since = answer.since;
    this.answers.push(answer);
    this.announce();
  }

  private stop(): void {
    this.stopped = new ReaderStopped(
      "The log cannot be read on: the browser ended what reads it. Open it again.",
    );
    this.announce();
  }

  /** Resolves when anything happened. */
  private turn(): Promise<void> {
    const before = this.wake;
    return new Promise((resolve) => {
      this.wake = () => {
        before();
        resolve();
      };
    });
  }

  private announce(): void {
    const { wake } = this;
    this.wake = () => undefined;
    wake();
  }
}
