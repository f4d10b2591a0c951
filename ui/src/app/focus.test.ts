// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepFocus } from "./focus";

let end: () => void;

beforeEach(() => {
  document.body.innerHTML = `<div id="root">
    <nav><a id="place" href="#x">Runs</a></nav>
    <main>
      <button id="open">Open</button>
      <section id="panel"><button id="close">Close</button></section>
      <form id="form"><button id="send">Send</button></form>
    </main>
  </div>`;
  end = keepFocus(it("root"));
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab" }));
});
afterEach(() => end());

const it = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(id);
  return found;
};
const settled = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));

test("what is closed gives the focus back to what had it before", async () => {
  it("open").focus();
  it("close").focus();
  it("panel").remove();
  await settled();
  expect(document.activeElement).toBe(it("open"));
});

test("a place outside of the page does not get it back: the page does", async () => {
  it("place").focus();
  it("close").focus();
  it("panel").remove();
  await settled();
  expect(document.activeElement?.tagName).toBe("MAIN");
});

test("who points gets no field, only the place", async () => {
  it("open").focus();
  it("close").focus();
  it("close").dispatchEvent(new Event("pointerdown", { bubbles: true }));
  it("panel").remove();
  await settled();
  expect(document.activeElement?.tagName).toBe("MAIN");
});

test("a button that is off for a moment has the focus again when it is on", async () => {
  const send = it("send") as HTMLButtonElement;
  send.focus();
  send.disabled = true;
  await settled();
  expect(document.activeElement).toBe(it("form"));
  send.disabled = false;
  await settled();
  expect(document.activeElement).toBe(send);
});

test("what somebody left on purpose stays left", async () => {
  it("close").focus();
  it("form").dispatchEvent(new Event("pointerdown", { bubbles: true }));
  it("close").blur();
  it("panel").remove();
  await settled();
  expect(document.activeElement).toBe(document.body);
});
