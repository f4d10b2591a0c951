/** What was typed and not kept yet: in this browser, so that neither a reload nor another page loses it. */
import { keepIn, keptIn } from "../../components/kept";

export interface Draft {
  text: string;
  /** The text that it was made of: what somebody else changed since is seen by it. */
  of: string;
}

const KEY = "tiphys.draft:";

export const draftOf = (what: string): Draft | null => keptIn<Draft | null>(KEY + what, null);
export function keepDraft(what: string, draft: Draft): void {
  try {
    keepIn(KEY + what, draft);
  } catch {
    // The browser's place is full: the text is still in the editor.
  }
}
export const forgetDraft = (what: string): void => localStorage.removeItem(KEY + what);

/** For whoever signs out. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(KEY)) localStorage.removeItem(key);
}
