/** So long a part of the page may be on its way, in milliseconds. */
const PATIENCE = 10_000;

/** Give the focus to what is asked for, or to what takes its place, as soon as it is there, unless somebody moved it meanwhile. */
export function comeTo(selector: string): void {
  const from = document.activeElement;
  const until = Date.now() + PATIENCE;
  const look = (): void => {
    const now = document.activeElement;
    if ((now !== from && now !== document.body) || Date.now() > until) return;
    const found = document.querySelector<HTMLElement>(selector);
    if (found && found !== from) found.focus();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
