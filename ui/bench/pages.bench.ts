/** How fast the pages are with much to show, in Debian's chromium.  Figures, beside the budgets of docs/decisions/0009-ui-stack.md. */
import { type Page, test } from "@playwright/test";
import { type StandIn, standIn } from "./stand-in";

const QUICK = process.env["BENCH_QUICK"] === "1";
const NODES = 5000;
const ROWS = 10_000;
const LOG = (QUICK ? 10 : 100) * 1_000_000;
const RUNS = QUICK ? 1 : 5;

let server: StandIn;
test.beforeAll(async () => {
  server = await standIn({ rows: ROWS, logBytes: LOG });
});
test.afterAll(() => server.stop());
test.beforeEach(({ page }) => page.addInitScript(watchTheScreen));

interface Screen {
  /** Moments of frames, in milliseconds since the page began. */
  frames: number[];
  /** From an input to the next frame, as the browser measures it. */
  inputs: number[];
  /** When the log's place was first there; 0 before. */
  dock: number;
}

/** Runs in the page before all else. */
function watchTheScreen(): void {
  const screen: Screen = { frames: [], inputs: [], dock: 0 };
  Object.assign(window, { screenWatch: screen });
  const frame = (now: number): void => {
    screen.frames.push(now);
    if (screen.dock === 0 && document.querySelector(".dock")) screen.dock = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const inputs = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) screen.inputs.push(entry.duration);
  });
  inputs.observe({ type: "event", buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
}

const seen = (page: Page): Promise<Screen> =>
  page.evaluate(() => (window as unknown as { screenWatch: Screen }).screenWatch);
const forget = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const screen = (window as unknown as { screenWatch: Screen }).screenWatch;
    screen.frames.length = screen.inputs.length = 0;
  });

const most = (values: readonly number[]): number => Math.max(0, ...values);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const between = (frames: readonly number[]): number[] =>
  frames.slice(1).map((moment, at) => moment - (frames[at] ?? 0));

const late = (gaps: readonly number[], than: number): number =>
  (100 * gaps.filter((gap) => gap > than).length) / (gaps.length || 1);

/** What people do, and how long the slowest answer to it took; told one by one, for they have different causes. */
async function act(page: Page, name: string, what: () => Promise<unknown>, budget = "100"): Promise<void> {
  await forget(page);
  await what();
  // The browser tells of an input after the frame that follows it.
  await page.waitForTimeout(500);
  show(`  ${name}: slowest answer`, most((await seen(page)).inputs), "ms", budget);
}

/** Turns the wheel over what the mouse is on, up or down and back; the moments between frames. */
async function wheeled(page: Page, by: number): Promise<number[]> {
  await forget(page);
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, turn < 75 ? by : -by);
    await page.waitForTimeout(16);
  }
  return between((await seen(page)).frames);
}

function show(name: string, value: number, unit: string, budget: string): void {
  console.log(
    `${name.padEnd(58)} ${value.toFixed(value < 10 ? 1 : 0).padStart(7)} ${unit.padEnd(6)} budget ${budget}`,
  );
}

/** Milliseconds from the beginning of the navigation to the frame that shows what a selector names. */
async function painted(page: Page, path: string, selector: string): Promise<number> {
  await page.goto(server.url + path, { waitUntil: "commit" });
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (document.querySelector(wanted)) requestAnimationFrame((now) => resolve(now));
          else requestAnimationFrame(look);
        };
        look();
      }),
    selector,
  );
}

test("a large run", async ({ page }) => {
  const blank: number[] = [];
  const graph: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    blank.push(await painted(page, "blank", ".box"));
    graph.push(await painted(page, `workflows/default/large-${NODES}`, ".graph-ground[data-drawn]"));
  }
  show("an empty page, for comparison: first paint", median(blank), "ms", "-");
  show(`run of ${NODES} nodes: first paint of its graph`, median(graph), "ms", "1500");
  await page.goto(`${server.url}blank`);
  await forget(page);
  await page.waitForTimeout(3000);
  show(
    "  for comparison: longest frame in which nothing happens",
    most(between((await seen(page)).frames)),
    "ms",
    "-",
  );
  await page.goto(`${server.url}plain`);
  const plain = page.locator("p");
  await act(
    page,
    "for comparison: choose rows of a plain page",
    async () => {
      for (let at = 1; at <= 10; at++) await plain.nth(at).click();
    },
    "-",
  );
  await page.goto(`${server.url}workflows/default/large-${NODES}`);
  await page.waitForTimeout(2000);
  const rows = page.getByRole("treeitem");
  await act(page, "choose with the mouse", async () => {
    for (let at = 1; at <= 10; at++) await rows.nth(at).click();
  });
  await act(page, "choose with keys", async () => {
    for (let key = 0; key < 10; key++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
  });
  await act(page, "open groups", async () => {
    for (const at of [5, 10]) await rows.nth(at).locator(".twist").click();
  });
  const find = page.getByRole("searchbox", { name: "Find nodes" });
  await act(page, "search", async () => {
    await find.pressSequentially("check-7", { delay: 60 });
    await find.fill("");
  });
  await act(page, "change the view", async () => {
    for (const tab of ["Timeline", "Table", "Graph"]) await page.getByRole("tab", { name: tab }).click();
  });
  await forget(page);
  await page.mouse.move(700, 500);
  for (let turn = 0; turn < 30; turn++) await page.mouse.wheel(0, turn < 15 ? -120 : 120);
  await page.mouse.down();
  await page.mouse.move(400, 450, { steps: 40 });
  await page.mouse.up();
  const moved = await seen(page);
  show("  zoom and move the graph: longest frame", most(between(moved.frames)), "ms", "100");
});

test("a long list", async ({ page }) => {
  await page.goto(`${server.url}plain`);
  await page.mouse.move(600, 300);
  const plain = await wheeled(page, 700);
  show("a plain page of as many rows, for comparison: late frames", late(plain, 34), "%", "-");
  await page.goto(`${server.url}workflows/default`);
  await page.getByRole("link", { name: "nightly-000000" }).waitFor();
  await page.mouse.move(600, 500);
  // Once to the end, so that all pages are there.
  for (let loaded = 0; loaded < ROWS - 50;) {
    loaded = await page.evaluate(() => {
      const box = document.querySelector(".runs-scroll");
      if (box) box.scrollTop = box.scrollHeight;
      return Number(box?.getAttribute("aria-rowcount") ?? 0) - 1;
    });
    await page.waitForTimeout(30);
  }
  await page.waitForTimeout(500);
  const gaps = await wheeled(page, -700);
  show(`list of ${ROWS} rows, scrolled: frames a second`, 1000 / (median(gaps) || 1), "", "60");
  show("  frames that came late by one or more", late(gaps, 34), "%", "10");
  show("  longest frame", most(gaps), "ms", "100");
});

test("a long log", async ({ page }) => {
  await page.goto(`${server.url}blank`);
  const drained = await page.evaluate(async (path) => {
    const source = (await fetch(path)).body?.getReader();
    const began = performance.now();
    while (source && !(await source.read()).done);
    return (performance.now() - began) / 1000;
  }, "api/v1/workflows/default/large-20/log");
  show("the same bytes read and forgotten, for comparison", drained, "s", "-");
  show("  frames that took more than 60 ms", late(between((await seen(page)).frames), 60), "%", "-");
  await page.goto(`${server.url}workflows/default/large-20?sidePanel=logs`);
  const began = Date.now();
  await page.getByText(/lines, ended/).waitFor({ timeout: 200_000 });
  const took = (Date.now() - began) / 1000;
  const { frames, dock } = await seen(page);
  // How the page itself is opened is no matter of its log: from the moment its place is there.
  const gaps = between(frames.filter((moment) => moment >= dock));
  show(`log of ${LOG / 1_000_000} MB, read and shown`, took, "s", "-");
  show(`  of ${gaps.length} frames, those that took more than 60 ms`, late(gaps, 60), "%", "1");
  show("  longest frame", most(gaps), "ms", "-");
  const heap = await page.evaluate(
    () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
  );
  show("  memory of the page", heap / 1_000_000, "MB", "300");
  await forget(page);
  const began2 = Date.now();
  await page.getByRole("searchbox", { name: "Search in the log" }).fill("ERROR");
  await page.getByText(/1 of \d+/).waitFor();
  show("  search in what is kept", Date.now() - began2, "ms", "500");
});
