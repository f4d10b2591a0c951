/**
 * Questions to the worker that lays graphs out: each is answered, asked again, or said to have failed.
 *
 * One question is with the worker at a time and the newest waits: a graph that changes faster than it is laid out is shown
 * a little late, where a queue would never catch up.  A worker that dies or does not answer is replaced.
 */
import type { Edge } from "./layout";
import type { Answer, Question } from "./layout.worker";
import type { Item } from "./nested";

/** How long a worker may take for each try, in milliseconds; after the last one it is said that there is no layout. */
const PATIENCE = [15_000, 30_000, 60_000];

type Asked = Pick<Worker, "postMessage" | "terminate" | "addEventListener">;

export class Layouts {
  private worker: Asked | null = null;
  private turn = 0;
  private tries = 0;
  private asked: Question | null = null;
  private waiting: Question | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly make: () => Asked,
    private readonly answered: (answer: Answer) => void,
    private readonly failed: (why: string) => void,
  ) {}

  ask(items: Item[], edges: Edge[], down = false): void {
    this.waiting = { turn: ++this.turn, items, edges, down };
    if (!this.asked) this.next();
  }

  close(): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = null;
    this.asked = this.waiting = null;
  }

  private next(): void {
    this.tries = 0;
    this.asked = this.waiting;
    this.waiting = null;
    if (this.asked) this.send(this.asked);
  }

  private send(question: Question): void {
    this.worker ??= this.started();
    this.timer = setTimeout(() => this.lost("it takes too long"), PATIENCE[this.tries]);
    this.worker.postMessage(question);
  }

  private started(): Asked {
    const worker = this.make();
    worker.addEventListener("message", (event) => {
      if (worker === this.worker) this.take((event as MessageEvent<Answer>).data);
    });
    const died = (event: Event): void => {
      const why = "message" in event && typeof event.message === "string" ? event.message : "";
      if (worker === this.worker) this.lost(why || "its worker ended");
    };
    worker.addEventListener("error", died);
    worker.addEventListener("messageerror", died);
    return worker;
  }

  private take(answer: Answer): void {
    if (answer.turn !== this.asked?.turn) return;
    clearTimeout(this.timer);
    this.answered(answer);
    this.next();
  }

  /** The worker is of no use any more: ask another one, the newest question if there is one. */
  private lost(why: string): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = null;
    this.tries += 1;
    if (this.waiting) this.next();
    else if (this.asked && this.tries < PATIENCE.length) this.send(this.asked);
    else if (this.asked) {
      this.asked = null;
      this.failed(why);
    }
  }
}
