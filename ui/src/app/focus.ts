/** Keeps the focus on the page when what had it goes away or is switched off, so that nobody is sent to the page's beginning. */

/** So many places are remembered that had the focus before: more than the controls of what opens and closes. */
const REMEMBERED = 40;

/** What takes the focus when nothing better is left: places with words of their own. */
const HOLDERS = "dialog[open], [tabindex], main, section, aside, form";

/** Watch everything below `root`; the answer ends it. */
export function keepFocus(root: HTMLElement): () => void {
  const document = root.ownerDocument;
  let last: HTMLElement | null = null;
  let around: readonly Element[] = [];
  let before: readonly HTMLElement[] = [];
  let keys = false;

  const entered = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement) || target === last) return;
    if (last) before = [...before.filter((each) => each !== last), last].slice(-REMEMBERED);
    last = target;
    around = [...above(target)];
  };
  const pressed = (): void => {
    keys = true;
  };
  // Who points somewhere else leaves the focus on purpose.
  const pointed = ({ target }: Event): void => {
    keys = false;
    if (last && !(target instanceof Node && last.contains(target))) last = null;
  };
  const changed = (): void => {
    const had = last;
    if (!had || (had.isConnected && !off(had))) return;
    const now = document.activeElement;
    if (now && now !== document.body && now !== had) return;
    const rest = around.find((each) => each.isConnected && root.contains(each)) ?? root;
    const page = rest.closest("dialog[open], main");
    // A finger that closes something wants no keyboard to come up: it gets the place, not a field.
    const earlier = keys && page && !had.isConnected ? before.filter((each) => page.contains(each)) : [];
    if (earlier.toReversed().some((each) => focused(each))) return;
    const holder = rest.closest<HTMLElement>(HOLDERS) ?? root;
    if (!holder.hasAttribute("tabindex")) {
      holder.tabIndex = -1;
      holder.dataset["holder"] = "";
    }
    focused(holder);
    // Switched on again, as after a question to the server, it goes on from there.
    if (had.isConnected) waiting(had, holder);
  };
  const waiting = (button: HTMLElement, holder: HTMLElement): void => {
    const back = new MutationObserver(() => {
      if (button.isConnected && off(button)) return;
      back.disconnect();
      if (button.isConnected && document.activeElement === holder) focused(button);
    });
    back.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  };

  const observer = new MutationObserver(changed);
  observer.observe(root, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  document.addEventListener("focusin", entered);
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("pointerdown", pointed, true);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", entered);
    document.removeEventListener("keydown", pressed, true);
    document.removeEventListener("pointerdown", pointed, true);
  };
}

function* above(element: Element): Iterable<Element> {
  for (let each = element.parentElement; each; each = each.parentElement) yield each;
}

const off = (element: Element): boolean => element.matches(":disabled");

/** Give it the focus; false when it cannot have it, as what is hidden or below a dialog. */
function focused(element: HTMLElement): boolean {
  element.focus({ preventScroll: true });
  return element.ownerDocument.activeElement === element;
}
