import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import MarkdownText from "./markdown-text";

const written = (text: string, inline = false): string =>
  renderToStaticMarkup(createElement(MarkdownText, { text, inline }));

it("writes what people mark", () => {
  expect(written("**Nightly** `load`", true)).toBe(
    '<span class="markdown"><strong>Nightly</strong> <code>load</code></span>',
  );
  expect(written("[runbook](https://x.example/a)")).toContain(
    '<a href="https://x.example/a" target="_blank" rel="noreferrer">runbook</a>',
  );
});

it("has no link inside of a link, and fetches no picture", () => {
  expect(written("[runbook](https://x.example) ![a chart](https://x.example/a.png)", true)).not.toMatch(
    /<a|<img/,
  );
  expect(written("![a chart](https://x.example/a.png)")).not.toContain("<img");
});

it.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "<javascript:alert(1)>",
  "[x]: javascript:alert(1)\n\n[x]",
])("%s does nothing", (text) => {
  for (const inline of [false, true]) {
    const html = written(text, inline);
    expect(html).not.toMatch(/<(script|img)|href="(javascript|data)/i);
  }
});
