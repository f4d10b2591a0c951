import { useState } from "react";
import { type Draft, draftOf, forgetDraft, keepDraft } from "./drafts";

export interface Editing {
  /** What the editor begins with. */
  first: string;
  /** What was typed and differs from what is kept; null when nothing does. */
  typed: string | null;
  /** True while the text is one that an earlier visit left. */
  restored: boolean;
  type: (text: string) => void;
  /** The text is kept now; what was typed meanwhile is another change. */
  kept: (text: string) => void;
  /** Forget what was typed. */
  forget: () => void;
}

/** The text of an editor: what was typed outlives the page until it is kept.  `of` is what it is a change of. */
export function useDraft(what: string, text: string, of: string): Editing {
  const [left] = useState<Draft | null>(() => {
    const found = draftOf(what);
    return found && found.text !== text ? found : null;
  });
  const [typed, setTyped] = useState<string | null>(left?.text ?? null);
  const [saved, setSaved] = useState(text);
  const [restored, setRestored] = useState(left !== null);
  const forget = (): void => {
    forgetDraft(what);
    setTyped(null);
    setRestored(false);
  };
  return {
    first: left?.text ?? text,
    typed,
    restored,
    type: (next) => {
      if (next === saved) forget();
      else {
        keepDraft(what, { text: next, of });
        setTyped(next);
      }
    },
    kept: (written) => {
      setSaved(written);
      setRestored(false);
      setTyped((later) => (later === written ? null : later));
      if (draftOf(what)?.text === written) forgetDraft(what);
    },
    forget,
  };
}
