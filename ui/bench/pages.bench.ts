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
  /** From an input to the frame that shows its effect, as the browser measures it. */
  inputs: number[];
  tasks: number[];
}

/** Runs in the page before all else. */
function watchTheScreen(): void {
  const screen: Screen = { frames: [], inputs: [], tasks: [] };
  Object.assign(window, { screenWatch: screen });
  const frame = (now: number): void => {
    screen.frames.push(now);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const durations = (type: string, into: number[], more: object): void =>
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) into.push(entry.duration);
    }).observe({ type, buffered: true, ...more });
  durations("event", screen.inputs, { durationThreshold: 16 });
  durations("longtask", screen.tasks, {});
}

const seen = (page: Page): Promise<Screen> =>
  page.evaluate(() => (window as unknown as { screenWatch: Screen }).screenWatch);
const forget = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const screen = (window as unknown as { screenWatch: Screen }).screenWatch;
    for (const list of Object.values(screen) as number[][]) list.length = 0;
  });

const most = (values: readonly number[]): number => Math.max(0, ...values);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const between = (frames: readonly number[]): number[] =>
  frames.slice(1).map((moment, at) => moment - (frames[at] ?? 0));

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
  await page.goto(`${server.url}workflows/default/large-${NODES}`);
  await page.waitForTimeout(2000);
  await forget(page);
  const rows = page.getByRole("treeitem");
  for (let at = 1; at <= 10; at++) await rows.nth(at).click();
  for (let key = 0; key < 10; key++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  for (const at of [5, 10]) await rows.nth(at).locator(".twist").click();
  await page.getByRole("searchbox", { name: "Find nodes" }).pressSequentially("check-7", { delay: 60 });
  await page.getByRole("searchbox", { name: "Find nodes" }).fill("");
  for (const tab of ["Timeline", "Table", "Graph"]) await page.getByRole("tab", { name: tab }).click();
  await page.waitForTimeout(500);
  const acted = await seen(page);
  show("  choose, fold, search, change the view: slowest answer", most(acted.inputs), "ms", "100");
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
  await forget(page);
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, turn < 75 ? -700 : 700);
    await page.waitForTimeout(16);
  }
  const gaps = between((await seen(page)).frames);
  const late = gaps.filter((gap) => gap > 34).length;
  show(`list of ${ROWS} rows, scrolled: frames a second`, 1000 / (median(gaps) || 1), "", "60");
  show("  frames that came late by one or more", (100 * late) / (gaps.length || 1), "%", "10");
  show("  longest frame", most(gaps), "ms", "100");
});

test("a long log", async ({ page }) => {
  await page.goto(`${server.url}workflows/default/large-20?sidePanel=logs`);
  const began = Date.now();
  await page.getByText(/lines, ended/).waitFor({ timeout: 200_000 });
  const took = (Date.now() - began) / 1000;
  const { frames } = await seen(page);
  const gaps = between(frames);
  show(`log of ${LOG / 1_000_000} MB, read and shown`, took, "s", "-");
  show(
    "  frames that took more than 60 ms",
    (100 * gaps.filter((gap) => gap > 60).length) / gaps.length,
    "%",
    "1",
  );
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
