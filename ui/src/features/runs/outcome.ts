/** What came of something that was done with many runs, in words; pure. */

export interface Failure {
  name: string;
  why: string;
}

export interface Outcome {
  /** The action's label. */
  label: string;
  done: number;
  failures: readonly Failure[];
  /** How many were not reached, because somebody cancelled. */
  left: number;
}

/** `Retry: 12 done, 3 failed, 5 not reached`; what is none is not said, but for what is done. */
export function outcomeText({ label, done, failures, left }: Outcome): string {
  const parts = [`${done} done`];
  if (failures.length > 0) parts.push(`${failures.length} failed`);
  if (left > 0) parts.push(`${left} not reached`);
  return `${label}: ${parts.join(", ")}`;
}

/** The names under each reason, the commonest reason first.  A reason that names its run is the same for all of them. */
export function byReason(failures: readonly Failure[]): { why: string; names: string[] }[] {
  const found = new Map<string, string[]>();
  for (const { name, why } of failures) {
    const general = why.replaceAll(`"${name}"`, "it").replaceAll(`'${name}'`, "it");
    found.set(general, [...(found.get(general) ?? []), name]);
  }
  return [...found].map(([why, names]) => ({ why, names })).sort((a, b) => b.names.length - a.names.length);
}
