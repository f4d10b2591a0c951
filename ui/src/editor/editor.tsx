import { useEffect, useRef } from "react";
import type { Completion, Finding, Opened } from "./codemirror";
import "./editor.css";

interface Props {
  label: string;
  /** The text at first; later changes replace what is shown only while it is read-only. */
  text: string;
  readOnly?: boolean;
  change?: (text: string) => void;
  lint?: (text: string) => Promise<Finding[]>;
  complete?: Completion;
  /** Called when the editor is there. */
  opened?: (editor: Opened) => void;
}

/** A YAML editor; the library is loaded with it.  It lives in a shadow root, where styles need no inline exception. */
export default function Editor({ label, text, readOnly = false, change, lint, complete, opened }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const callbacks = useRef({ change, lint, complete, opened });
  useEffect(() => {
    callbacks.current = { change, lint, complete, opened };
  });
  const first = useRef(text);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let over = false;
    let close: (() => void) | undefined;
    void import("./codemirror").then(({ open }) => {
      if (over) return;
      const editor = open(element, {
        label,
        text: readOnly ? text : first.current,
        readOnly,
        change: (next) => callbacks.current.change?.(next),
        lint: (next) => callbacks.current.lint?.(next) ?? Promise.resolve([]),
        complete: (path) => callbacks.current.complete?.(path) ?? Promise.resolve([]),
      });
      close = editor.close;
      callbacks.current.opened?.(editor);
    });
    return () => {
      over = true;
      close?.();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is written must not open the editor anew
  }, [label, readOnly, readOnly ? text : ""]);
  return <div ref={host} className="editor" />;
}
