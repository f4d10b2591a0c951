/** Parts of the UI that could not be loaded: the network broke off, or a newer server has other files by now. */

const KEY = "tiphys.reloaded";
/** One reload within this time, in milliseconds: what is really missing must not reload for ever. */
const AGAIN = 10_000;

/** Load the page anew when a part of it is missing; its state is in its address. */
export function reloadWhenPartsAreMissing(): void {
  window.addEventListener("vite:preloadError", () => {
    const last = Number(sessionStorage.getItem(KEY) ?? "0");
    if (Date.now() - last < AGAIN) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
}
