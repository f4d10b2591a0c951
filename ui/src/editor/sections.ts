/** Places of a manifest to jump to, by indentation alone: they are found while the text is not valid.  Pure. */

export interface Section {
  title: string;
  /** Offset into the text. */
  from: number;
}

/** Keys of the top and of the spec, and each template by its name. */
export function sectionsOf(text: string): Section[] {
  const found: Section[] = [];
  let from = 0;
  let top = "";
  let inTemplates = -1;
  let item: number | undefined;
  for (const line of text.split("\n")) {
    const [, spaces = "", dashes = "", key = "", value = ""] =
      /^( *)((?:- +)*)([\w.-]+):(.*)$/.exec(line) ?? [];
    const depth = spaces.length + dashes.length;
    if (key && inTemplates >= 0 && spaces.length <= inTemplates && !dashes) inTemplates = -1;
    if (key && depth === 0) {
      top = key;
      found.push({ title: key, from });
    } else if (key && inTemplates >= 0) {
      if (dashes && item === undefined) item = depth;
      if (key === "name" && depth === item) found.push({ title: `template ${unquoted(value)}`, from });
    } else if (key === "templates" && !value.trim()) {
      inTemplates = depth;
      item = undefined;
    } else if (top === "spec" && !dashes && depth === 2) found.push({ title: `spec.${key}`, from });
    from += line.length + 1;
  }
  return found;
}

/** Names of the templates. */
export const templateNames = (text: string): string[] =>
  sectionsOf(text).flatMap(({ title }) => (title.startsWith("template ") ? [title.slice(9)] : []));

const unquoted = (value: string): string =>
  value
    .replace(/\s+#.*$/, "")
    .trim()
    .replace(/^["']|["']$/g, "");
