/** The server's clock, as far as its answers tell: what ran when is said by it, whatever the clock here shows. */

/** Answers take their time, and their date has whole seconds: less than this is no difference, in milliseconds. */
const NOTHING = 60_000;
let ahead = 0;

/** Milliseconds since 1970, there. */
export const serverNow = (): number => Date.now() + ahead;

/** An answer came with this date. */
export function heard(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  if (Number.isNaN(difference)) return;
  ahead = Math.abs(difference) < NOTHING ? 0 : difference;
}
