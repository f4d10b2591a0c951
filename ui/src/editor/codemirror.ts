/** CodeMirror with what Tiphys needs of it; loaded only when an editor is opened. */
import { autocompletion, type CompletionContext, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, linter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { pathAt } from "./path";

export interface Finding {
  /** Offsets into the text. */
  from: number;
  to: number;
  message: string;
  severity: "error" | "warning";
}

export interface Option {
  label: string;
  detail?: string;
  info?: string;
}

/** What may be written below a path of keys; lists are transparent. */
export type Completion = (path: string[]) => Promise<Option[]>;

interface Setup {
  label: string;
  text: string;
  readOnly: boolean;
  change: (text: string) => void;
  lint: (text: string) => Promise<Finding[]>;
  complete: Completion;
}

const THEME = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "13px", lineHeight: "1.5" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--ink-3)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--sunken)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.string, color: "var(--succeeded)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--running)" },
  { tag: tags.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.typeName, tags.meta], color: "var(--pending)" },
]);

/** Put an editor into an element; returns how to take it away. */
export function open(host: HTMLElement, setup: Setup): () => void {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host{display:block} .cm-editor{height:100%}");
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: setup.text, extensions: extensions(setup) }),
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return () => view.destroy();
}

function extensions(setup: Setup): Extension[] {
  const common = [
    lineNumbers(),
    foldGutter(),
    drawSelection(),
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    yaml(),
    syntaxHighlighting(COLOURS),
    THEME,
    EditorView.contentAttributes.of({ "aria-label": setup.label, tabindex: "0" }),
  ];
  if (setup.readOnly)
    return [
      ...common,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      keymap.of([...searchKeymap, ...foldKeymap]),
    ];
  return [
    ...common,
    history(),
    indentOnInput(),
    highlightActiveLine(),
    lintGutter(),
    linter(async (view): Promise<Diagnostic[]> => await setup.lint(view.state.doc.toString()), {
      delay: 500,
    }),
    autocompletion({ override: [(context) => completions(context, setup.complete)] }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) setup.change(update.state.doc.toString());
    }),
    // Tab indents here; Escape first, then Tab, leaves the editor.
    keymap.of([
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ];
}

async function completions(context: CompletionContext, complete: Completion) {
  const word = context.matchBefore(/[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const text = context.state.doc.toString();
  const options = await complete(pathAt(text, word.from));
  if (options.length === 0) return null;
  return {
    from: word.from,
    options: options.map((option) => ({
      label: option.label,
      apply: `${option.label}: `,
      type: "property",
      ...(option.detail ? { detail: option.detail } : {}),
      ...(option.info ? { info: option.info } : {}),
    })),
  };
}
