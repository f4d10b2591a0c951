import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer, Question } from "./layout.worker";
import { Layouts } from "./layouts";

/** A worker that answers when the test says so. */
class Told extends EventTarget {
  questions: Question[] = [];
  ended = false;
  postMessage = (question: Question): void => void this.questions.push(question);
  terminate = (): void => void (this.ended = true);
  answer(): void {
    const turn = this.questions.at(-1)?.turn ?? 0;
    this.dispatchEvent(new MessageEvent("message", { data: { turn, places: new Map(), took: 1 } }));
  }
  die(): void {
    this.dispatchEvent(new Event("error"));
  }
}

const item = (id: string): Question["items"][number] => ({
  id,
  parent: null,
  width: 1,
  height: 1,
  open: false,
});
let workers: Told[];
let answers: Answer[];
let problems: string[];
let layouts: Layouts;
const asked = (worker: number): string[] =>
  workers[worker]?.questions.map(({ items }) => items.map(({ id }) => id).join()) ?? [];

beforeEach(() => {
  vi.useFakeTimers();
  [workers, answers, problems] = [[], [], []];
  layouts = new Layouts(
    () => {
      workers.push(new Told());
      return workers.at(-1) as unknown as Worker;
    },
    (answer) => answers.push(answer),
    (why) => problems.push(why),
  );
});
afterEach(() => vi.useRealTimers());

test("a graph that changes faster than it is laid out is shown, and its newest shape last", () => {
  layouts.ask([item("a")], []);
  layouts.ask([item("b")], []);
  layouts.ask([item("c")], []);
  workers[0]?.answer();
  expect(answers).toHaveLength(1);
  workers[0]?.answer();
  expect(answers).toHaveLength(2);
  expect(asked(0)).toEqual(["a", "c"]);
  vi.advanceTimersByTime(600_000);
  expect(workers).toHaveLength(1);
});

test("a worker that dies is replaced and asked the same", () => {
  layouts.ask([item("a")], []);
  workers[0]?.die();
  expect(workers[0]?.ended).toBe(true);
  expect(asked(1)).toEqual(["a"]);
  workers[0]?.answer();
  expect(answers).toEqual([]);
  workers[1]?.answer();
  expect(answers).toHaveLength(1);
});

test("a worker that dies between questions does not matter to the next one", () => {
  layouts.ask([item("a")], []);
  workers[0]?.answer();
  workers[0]?.die();
  layouts.ask([item("b")], []);
  workers[1]?.answer();
  expect(answers).toHaveLength(2);
  expect(problems).toEqual([]);
});

test("a worker that says nothing is replaced; in the end it is said that there is no layout", () => {
  layouts.ask([item("a")], []);
  vi.advanceTimersByTime(600_000);
  expect(workers.map((worker) => worker.questions.length)).toEqual([1, 1, 1]);
  expect(problems).toEqual(["it takes too long"]);
  layouts.ask([item("a")], []);
  workers[3]?.answer();
  expect(answers).toHaveLength(1);
});

test("nothing is asked or said after the page is left", () => {
  layouts.ask([item("a")], []);
  layouts.close();
  workers[0]?.answer();
  vi.advanceTimersByTime(600_000);
  expect([workers.length, answers, problems]).toEqual([1, [], []]);
});
