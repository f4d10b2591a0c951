/** What the tests of several pages make and check. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./server";

export const sh = (name: string, text: string, more: object = {}) => ({
  name,
  ...more,
  container: { image: "alpine:3", command: ["sh", "-c", text] },
});
export const workflow = (name: string, templates: unknown[]) => ({
  workflow: {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name },
    spec: { entrypoint: "main", templates },
  },
});

/** No finding of axe on this page, or in one part of it; the editor's inside is CodeMirror's own. */
export async function accessible(page: Page, part?: string): Promise<void> {
  const axe = new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .exclude(".editor");
  const { violations } = await (part === undefined ? axe : axe.include(part)).analyze();
  expect(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" | ")}`)).toEqual(
    [],
  );
}

/** A template with one step; without words about it the step echoes its parameter `who`. */
export const template = (
  name: string,
  text = "echo {{workflow.parameters.who}}",
  parameters: readonly object[] = [{ name: "who", value: "you" }],
) => ({
  template: {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name },
    spec: { entrypoint: "main", arguments: { parameters }, templates: [sh("main", text)] },
  },
});
