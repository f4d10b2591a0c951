/** What was typed and not kept yet: in this browser, so that neither a reload nor another page loses it. */
import { lasting } from "../../api/storage";
import { keepIn, keptIn } from "../../components/kept";

export interface Draft {
  text: string;
  /** The text that it was made of: what somebody else changed since is seen by it. */
  of: string;
}

const KEY = "tiphys.draft:";

export const draftOf = (what: string): Draft | null => keptIn<Draft | null>(KEY + what, null);
export function keepDraft(what: string, draft: Draft): void {
  keepIn(KEY + what, draft);
}
export const forgetDraft = (what: string): void => lasting.remove(KEY + what);

/** For whoever signs out. */
export function forgetDrafts(): void {
  for (const key of lasting.keys()) if (key.startsWith(KEY)) lasting.remove(key);
}
