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
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { pathAt } from "./path";
import { valuesOf, variablesOf } from "./values";

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
  ".cm-explained": { maxWidth: "32rem", padding: "6px 10px" },
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

/** An editor that is open. */
export interface Opened {
  close: () => void;
  /** Another text, as one step that can be undone. */
  replace: (text: string) => void;
  /** Move to an offset and look there. */
  goTo: (offset: number) => void;
}

/** Put an editor into an element. */
export function open(host: HTMLElement, setup: Setup): Opened {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host{display:block} .cm-editor{height:100%}");
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: setup.text, extensions: extensions(setup) }),
  });
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return {
    close: () => view.destroy(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    goTo: (offset) => {
      view.dispatch({
        selection: { anchor: Math.min(offset, view.state.doc.length) },
        effects: EditorView.scrollIntoView(Math.min(offset, view.state.doc.length), {
          y: "start",
          yMargin: 40,
        }),
      });
      view.focus();
    },
  };
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
    EditorView.contentAttributes.of({
      "aria-label": setup.label,
      tabindex: "0",
      ...(setup.readOnly ? {} : { "aria-description": "Tab indents. Escape, then Tab, leaves." }),
    }),
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
    documentation(setup.complete),
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

/** What a key means, when the pointer rests on it. */
function documentation(complete: Completion): Extension {
  return hoverTooltip(async (view, at) => {
    const line = view.state.doc.lineAt(at);
    const [all = "", before = "", key = ""] = /^(\s*(?:- +)*)([\w.-]+):/.exec(line.text) ?? [];
    if (!key || at > line.from + all.length) return null;
    const from = line.from + before.length;
    const options = await complete(pathAt(view.state.doc.toString(), from));
    const found = options.find((option) => option.label === key);
    if (!found) return null;
    return { pos: from, end: from + key.length, above: true, create: () => ({ dom: explained(found) }) };
  });
}

function explained(option: Option): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-explained";
  const title = document.createElement("strong");
  title.textContent = option.detail ? `${option.label}: ${option.detail}` : option.label;
  dom.append(title, document.createElement("br"), option.info ?? "No more is said about it.");
  return dom;
}

async function completions(context: CompletionContext, complete: Completion) {
  const before = context.state.doc.lineAt(context.pos).text.slice(0, context.pos - lineStart(context));
  const braces = /\{\{=?\s*([\w.-]*)$/.exec(before);
  const text = context.state.doc.toString();
  if (braces)
    return {
      from: context.pos - (braces[1] ?? "").length,
      validFor: /^[\w.-]*$/,
      options: variablesOf(text).map(({ label }) => ({ label, type: "variable" })),
    };
  const value = /^(\s*(?:- +)*)([\w.-]+): +([\w./-]*)$/.exec(before);
  if (value) return values(context, complete, value, text);
  const word = context.matchBefore(/[\w-]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
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

const lineStart = (context: CompletionContext): number => context.state.doc.lineAt(context.pos).from;

/** Behind a key and its colon. */
async function values(context: CompletionContext, complete: Completion, match: string[], text: string) {
  const [, indent = "", key = "", typed = ""] = match;
  const path = pathAt(text, lineStart(context) + indent.length);
  const field = (await complete(path)).find((option) => option.label === key);
  const options = valuesOf(text, [...path, key], field?.detail ?? "");
  if (options.length === 0) return null;
  return {
    from: context.pos - typed.length,
    options: options.map(({ label }) => ({ label, type: "constant" })),
  };
}
