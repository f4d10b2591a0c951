/** Addresses of links from the server's configuration: `${metadata.name}` stands for what an object has there.  Pure. */

/** A place in an object: names with dots, or in brackets and quotes (`labels['app.kubernetes.io/name']`). */
const STEP = /\['([^']+)'\]|\["([^"]+)"\]|([^.[\]]+)/g;

function valueAt(object: unknown, path: string): unknown {
  let here: unknown = object;
  for (const [, single, double, bare] of path.matchAll(STEP)) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string, unknown>)[single ?? double ?? bare ?? ""];
  }
  return here;
}

/** Milliseconds since 1970, which some tools want in place of RFC 3339: `${status.startedAtEpoch}`. */
function epoch(object: unknown, path: string): number | undefined {
  const moment = /^(.*)Epoch$/.exec(path)?.[1];
  const value = moment === undefined ? undefined : valueAt(object, moment);
  return typeof value === "string" ? Date.parse(value) : undefined;
}

export function linkUrl(url: string, object: unknown): string {
  return url.replace(/\$\{([^}]+)\}/g, (_whole, path: string) => {
    const value = valueAt(object, path) ?? epoch(object, path);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? encodeURIComponent(value)
      : "";
  });
}
