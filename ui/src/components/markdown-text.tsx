import type { ReactNode } from "react";
import Rendered from "markdown-to-jsx/react";
import "./markdown.css";

interface PartProps {
  href?: string;
  src?: string;
  alt?: string;
  children?: ReactNode;
}

const Plain = ({ alt, children }: PartProps): ReactNode => <span>{children ?? alt}</span>;
const Outward = ({ href, src, alt, children }: PartProps): ReactNode => (
  <a href={href ?? src} target="_blank" rel="noreferrer">
    {children ?? alt}
  </a>
);
/** Pictures would be fetched from elsewhere: their words are shown, with a link to them. */
const BLOCK = { a: Outward, img: Outward };
const INLINE = { a: Plain, img: Plain };

/** Markdown as elements; addresses with a scheme that could run something are left out by the library. */
export default function MarkdownText({ text, inline }: { text: string; inline: boolean }): ReactNode {
  return (
    <Rendered
      className="markdown"
      options={{
        disableParsingRawHTML: true,
        forceInline: inline,
        forceBlock: !inline,
        forceWrapper: true,
        wrapper: inline ? "span" : "div",
        overrides: inline ? INLINE : BLOCK,
      }}
    >
      {text}
    </Rendered>
  );
}
