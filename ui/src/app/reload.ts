/** Parts of the UI that could not be loaded: the network broke off, or a newer server has other files by now. */
import { session } from "../api/storage";

const KEY = "tiphys.reloads";
/** How long each reload waits, in milliseconds; after the last one the page says what is missing. */
const WAITS = [0, 1_000, 3_000, 5_000];
/** Without a reload for so long, in milliseconds, it is another matter. */
const OVER = 60_000;

/** How often the page was loaded anew, and when the last time was. */
export interface Reloads {
  count: number;
  at: number;
}

/** How long to wait before the next reload; null when what is missing stays missing. */
export function waitFor({ count, at }: Reloads, now: number): number | null {
  return WAITS[now - at > OVER ? 0 : count] ?? null;
}

/** Load the page anew when a part of it is missing; its state is in its address. */
export function reloadWhenPartsAreMissing(): void {
  let waiting = false;
  window.addEventListener("vite:preloadError", () => {
    const now = Date.now();
    const before = readReloads();
    const wait = waitFor(before, now);
    if (wait === null || waiting) return;
    const count = now - before.at > OVER ? 1 : before.count + 1;
    // What cannot be counted would be loaded anew for ever.
    if (!session.set(KEY, `${count} ${now + wait}`)) return;
    waiting = true;
    setTimeout(() => location.reload(), wait);
  });
}

function readReloads(): Reloads {
  const [count = 0, at = 0] = (session.get(KEY) ?? "").split(" ").map(Number);
  return { count, at };
}
