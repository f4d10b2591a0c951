import { lazy, type ReactNode, Suspense } from "react";

const Written = lazy(() => import("./markdown-text"));
/** What makes text Markdown; without it nothing has to be loaded. */
const MARKS = /[*_`[\]<>#~|\\&]|\n|https?:/;

interface Props {
  text: string;
  /** Inside of a line, perhaps of a link: no paragraphs, no links of its own. */
  inline?: boolean;
}

/** A text that somebody may have written as Markdown; what is HTML in it is shown as text. */
export function Markdown({ text, inline = false }: Props): ReactNode {
  if (!MARKS.test(text)) return inline ? text : <p className="markdown">{text}</p>;
  return (
    <Suspense fallback={text}>
      <Written text={text} inline={inline} />
    </Suspense>
  );
}
