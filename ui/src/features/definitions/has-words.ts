/** Which objects a text finds; pure. */

interface Named {
  name?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** True when each word of the text is a part of the name or the title, or a label (`team=ml`, `team`). */
export function hasWords(metadata: Named | undefined, text: string): boolean {
  const title = metadata?.annotations?.["workflows.argoproj.io/title"] ?? "";
  const name = `${metadata?.name ?? ""} ${title}`.toLowerCase();
  const labels = Object.entries(metadata?.labels ?? {});
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .every(
      (word) =>
        name.includes(word.toLowerCase()) ||
        labels.some(([key, value]) => word === key || word === `${key}=${value}`),
    );
}
