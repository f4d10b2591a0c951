import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./server";
import { accessible, sh, workflow } from "./work";

const file = (name: string, path: string) => ({ name, path, archive: { none: {} } });

const TEMPLATES = [
  {
    name: "main",
    dag: {
      tasks: [
        { name: "make", template: "make" },
        {
          name: "part",
          template: "part",
          depends: "make",
          withSequence: { count: "10" },
          arguments: { parameters: [{ name: "n", value: "{{item}}" }] },
        },
        {
          name: "read",
          template: "read",
          depends: "make",
          arguments: { artifacts: [{ name: "table", from: "{{tasks.make.outputs.artifacts.table}}" }] },
        },
      ],
    },
  },
  sh(
    "make",
    `printf 'city,rows\\nParis,7\\n' > /tmp/t.csv; printf '<h1>Done</h1>' > /tmp/p.html
     mkdir /tmp/both; echo the first > /tmp/both/a.txt; cp /tmp/t.csv /tmp/both/b.csv`,
    {
      outputs: {
        artifacts: [
          file("table", "/tmp/t.csv"),
          file("page", "/tmp/p.html"),
          { name: "both", path: "/tmp/both" },
          { name: "packed", path: "/tmp/t.csv" },
        ],
      },
    },
  ),
  sh("part", "echo part {{inputs.parameters.n}}; test {{inputs.parameters.n}} -ne 3", {
    inputs: { parameters: [{ name: "n" }] },
  }),
  sh(
    "read",
    `echo '{"level": "info", "msg": "reading", "size": 3}'; echo '{"level": "error", "msg": "disk full"}'; cat /tmp/in`,
    {
      inputs: { artifacts: [{ name: "table", path: "/tmp/in" }] },
      initContainers: [{ name: "stage", image: "alpine:3", command: ["sh", "-c", "sleep 1.2"] }],
    },
  ),
];

test.beforeAll(async ({ server }) => {
  const { workflow: run } = workflow("everything", TEMPLATES);
  await server.api("POST", "api/v1/workflows/default", {
    workflow: { ...run, spec: { ...run.spec, archiveLogs: true } },
  });
  await expect
    .poll(
      async () => {
        const path = "api/v1/workflows/default/everything?fields=status.phase";
        return ((await server.api("GET", path)) as { status?: { phase?: string } }).status?.phase;
      },
      { timeout: 300_000 },
    )
    .toBe("Failed");
});

test("the graph folds a fan-out, colours, shows the critical path and is saved", async ({
  page,
  signedIn,
}) => {
  await page.goto(`${signedIn.url}workflows/default/everything`);
  await expect(page.locator(".box", { hasText: "part ×10" })).toContainText("9 succeeded, 1 failed");
  await page.getByRole("combobox", { name: "Colour" }).selectOption("template");
  await expect(page.getByRole("list", { name: "Colours" })).toContainText("make");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("button", { name: "Critical path" }).click();
  await expect(page.locator(".box.critical").first()).toBeVisible();
  await accessible(page);
  for (const [kind, text] of [
    ["Picture (SVG)", "<svg"],
    ["Text (Mermaid)", "flowchart LR"],
  ] as const) {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: kind }).click();
    const saved = await readFile(await (await download).path(), "utf8");
    expect(saved).toContain(text);
    expect(saved).toContain("part ×10");
  }
  await page.getByRole("treeitem", { name: /part ×10/ }).click();
  await page.getByRole("button", { name: "part(3:3)" }).click();
  await expect(page.getByRole("complementary", { name: "Chosen node" })).toContainText("exit code 1");
});

test("keys alone: views, the graph's nodes, the log, running again", async ({ page, signedIn }) => {
  await page.goto(`${signedIn.url}workflows/default/everything`);
  await expect(page.locator(".box").first()).toBeVisible();
  await page.keyboard.press("2");
  const timeline = page.getByRole("region", { name: "Timeline" });
  await expect(timeline.getByRole("button", { name: /^\S* ?read .*init \d/ })).toBeVisible();
  await accessible(page);
  await timeline.getByRole("button", { name: /part ×10/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(timeline.getByRole("button", { name: /part\(3:3\)/ })).toBeVisible();
  await page.getByRole("slider", { name: "Zoom" }).press("End");
  await expect(page.getByRole("slider", { name: "Zoom" })).toHaveAttribute("aria-valuetext", "48.0 times");
  const wide = await timeline.evaluate(({ scrollWidth, clientWidth }) => scrollWidth / clientWidth);
  expect(wide).toBeGreaterThan(20);
  await timeline.focus();
  await page.keyboard.press("1");
  await page.getByRole("region", { name: /^Graph/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("complementary", { name: "Chosen node" })).toContainText("make");
  await page.getByRole("treeitem", { name: /make/ }).hover();
  await expect(page.locator(".box[data-hovered]")).toContainText("make");
  await page.getByRole("tab", { name: "Containers" }).click();
  await expect(page.getByRole("tabpanel", { name: "containers" })).toContainText("exit code 0");
  await page.getByRole("region", { name: /^Graph/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("complementary", { name: "Chosen node" })).not.toContainText("make");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("complementary", { name: "Chosen node" })).toHaveCount(0);
  await page.keyboard.press("l");
  await expect(page.getByRole("log")).toContainText("part 0");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("log")).toHaveCount(0);
  await page.keyboard.press("r");
  await expect(page.getByRole("dialog")).toBeVisible();
});

/** What the log of a step shows: JSON, the first error, a filter of the server. */
async function readsTheLog(page: Page): Promise<void> {
  await page.getByRole("treeitem", { name: /^\S* ?read/ }).click();
  await page
    .getByRole("complementary", { name: "Chosen node" })
    .getByRole("button", { name: "Logs" })
    .click();
  const log = page.getByRole("log");
  await expect(log).toContainText("Paris,7");
  await page.getByRole("button", { name: "Unfold line 1" }).click();
  await expect(log).toContainText('"msg": "reading",');
  await page.getByRole("button", { name: "Fields of JSON lines" }).click();
  await page.getByRole("button", { name: "msg", exact: true }).click();
  await expect(log.getByText("disk full", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "First error" }).click();
  await expect(page).toHaveURL(/line=2/);
  await accessible(page);
  await page.getByRole("searchbox", { name: "Search in the log" }).fill("Par.s");
  await page.getByRole("button", { name: "Only these" }).click();
  await expect(page.getByText("1 line, ended")).toBeVisible();
  await page.getByRole("button", { name: "Show all lines" }).click();
  await expect(page.getByText("4 lines, ended")).toBeVisible();
}

test("the log unfolds JSON, goes to the first error and filters on the server", async ({
  page,
  signedIn,
}) => {
  await page.goto(`${signedIn.url}workflows/default/everything`);
  await readsTheLog(page);
});

test("artifacts are shown: a table, a page in a frame that may do nothing, what is in an archive", async ({
  page,
  signedIn,
}) => {
  await page.goto(`${signedIn.url}workflows/default/everything?show=artifacts`);
  await page.getByRole("treeitem", { name: /make/ }).click();
  await page.getByRole("tab", { name: "Outputs" }).click();
  const shown = async (name: string) => {
    const part = page.locator("section.value", { has: page.getByRole("heading", { name, exact: true }) });
    await part.getByRole("button", { name: "Show" }).click();
    return part;
  };
  await expect((await shown("table")).getByRole("cell", { name: "Paris" })).toBeVisible();
  // What Argo packs is unpacked: of one file its content, of several a list.
  await expect((await shown("packed")).getByRole("cell", { name: "Paris" })).toBeVisible();
  const both = await shown("both");
  await both.getByText("a.txt").click();
  await expect(both.getByText("the first")).toBeVisible();
  await both.getByText("b.csv").click();
  await expect(both.getByRole("cell", { name: "Paris" })).toBeVisible();
  await accessible(page);
  // The last, since a frame that has just moved takes clicks that are meant for what is below it now.
  const frame = (await shown("page")).locator("iframe[title]");
  await expect(frame).toHaveAttribute("sandbox", "");
  await expect(frame.contentFrame().getByRole("heading", { name: "Done" })).toBeVisible();
});

test("an archived run whose pods are gone has its page and its logs", async ({ page, signedIn }) => {
  await expect
    .poll(async () => {
      const found = (await signedIn.api(
        "GET",
        "api/v1/archived-workflows?listOptions.fieldSelector=metadata.namespace=default",
      )) as {
        items?: { metadata: { name: string } }[] | null;
      };
      return (found.items ?? []).map(({ metadata }) => metadata.name);
    })
    .toContain("everything");
  await signedIn.api("DELETE", "api/v1/workflows/default/everything");
  await page.goto(`${signedIn.url}workflows/default/everything`);
  await expect(page.getByRole("alert", { name: "Failure" })).toContainText("part(3:3)");
  await readsTheLog(page);
});

const GATED = [
  { name: "main", steps: [[{ name: "build", template: "build" }], [{ name: "gate", template: "gate" }]] },
  sh(
    "build",
    "echo '::group::Compile'; echo one; echo two; echo '::endgroup::'; echo built > /tmp/r; echo done",
    {
      outputs: { artifacts: [file("report", "/tmp/r")] },
    },
  ),
  { name: "gate", suspend: {} },
];

const gated = (name: string) => workflow(name, GATED);

test("groups of a log fold, and open by themselves for a line that is linked", async ({ page, signedIn }) => {
  await signedIn.api("POST", "api/v1/workflows/default", gated("folding"));
  await page.goto(`${signedIn.url}workflows/default/folding`);
  await page.getByRole("treeitem", { name: /build/ }).click();
  await page.keyboard.press("l");
  const log = page.getByRole("log");
  await expect(log).toContainText("done");
  await page.getByRole("button", { name: "Fold Compile" }).click();
  await expect(log.getByText("two", { exact: true })).toHaveCount(0);
  await expect(log).toContainText("done");
  await page.getByRole("searchbox", { name: "Search in the log" }).fill("two");
  await expect(log.getByText("two", { exact: true })).toBeVisible();
  await page.getByRole("combobox", { name: "Step" }).selectOption("All steps");
  await expect(page).toHaveURL(/sidePanel=logs%3A%3Amain/);
  await accessible(page);
});

test("the summary names all about the run; Argo's side panels have a place", async ({ page, signedIn }) => {
  await signedIn.api("POST", "api/v1/workflows/default", gated("summed-up"));
  await page.goto(`${signedIn.url}workflows/default/summed-up?tab=summary`);
  const summary = page.getByRole("region", { name: "Summary" });
  await expect(summary).toContainText("default");
  await expect(summary.getByRole("heading", { name: "report" })).toBeVisible();
  await accessible(page);
  const node = page.getByRole("complementary", { name: "Chosen node" });
  await summary.getByRole("button", { name: "build", exact: true }).click();
  await expect(node.getByRole("tab", { name: "Outputs", selected: true })).toBeVisible();
  await page.getByRole("treeitem", { name: /build/ }).click();
  const id = new URL(page.url()).searchParams.get("nodeId") ?? "";
  await page.goto(`${signedIn.url}workflows/default/summed-up?sidePanel=events:${id}`);
  await expect(node.getByRole("tabpanel", { name: "events" })).toContainText("Succeeded");
  await page.goto(`${signedIn.url}workflows/default/summed-up?sidePanel=yaml:${id}`);
  await expect(node.getByRole("tabpanel", { name: "manifest" })).toContainText("templateName: build");
  await page.goto(`${signedIn.url}workflows/default/summed-up?sidePanel=share`);
  await expect(page.getByRole("dialog")).toContainText("widgets/workflow-status-badges");
});

test("a run is suspended, resumed, stopped, terminated and deleted from its page", async ({
  page,
  signedIn,
}) => {
  const acts = async (name: string): Promise<void> => {
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("button", { name, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`ask=${name.toLowerCase()}`));
    await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
    await expect(page.getByText(`${name}: done`)).toBeVisible();
  };
  const phase = page.locator(".run-head .phase");
  await signedIn.api("POST", "api/v1/workflows/default", gated("acted-on"));
  await page.goto(`${signedIn.url}workflows/default/acted-on`);
  await acts("Suspend");
  await expect(phase).toHaveText("Suspended");
  await acts("Resume");
  await expect(phase).toHaveText("Succeeded");
  await page.keyboard.press("r");
  await page.getByRole("dialog").getByRole("button", { name: "Resubmit", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^acted-on-/ })).toBeVisible();
  await expect(page.getByRole("treeitem", { name: /gate$/ })).toBeVisible();
  await acts("Stop");
  await expect(phase).toHaveText("Failed");
  await acts("Delete");
  await expect(page).toHaveURL(/workflows\/default$/);
});
