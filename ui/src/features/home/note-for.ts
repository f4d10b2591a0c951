/** Which note somebody gets who was here last with the version `seen`; null was never here.  Pure. */
export function noteFor(
  seen: string | null,
  version: string,
  modals: { firstTimeUser?: boolean; newVersion?: boolean },
): "first" | "new" | null {
  if (seen === null) return modals.firstTimeUser ? "first" : null;
  return modals.newVersion && minor(seen) !== minor(version) ? "new" : null;
}

/** `v1.2` of `v1.2.3`: smaller steps are not worth a word. */
const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
