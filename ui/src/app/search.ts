/** Addresses' search parts: texts only, a name may occur several times, as Argo writes them. */

export type RawSearch = Record<string, unknown>;

export function parseSearch(text: string): RawSearch {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found[name];
    if (before === undefined) found[name] = value;
    else found[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

export function writeSearch(search: RawSearch): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    for (const each of values) {
      if (typeof each === "string" || typeof each === "number" || typeof each === "boolean")
        parameters.append(name, String(each));
    }
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** One text of a search part; undefined when it is missing or empty. */
export function one(raw: RawSearch, name: string): string | undefined {
  return many(raw, name)[0];
}

/** All texts of that name. */
export function many(raw: RawSearch, name: string): string[] {
  const value = raw[name];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each): each is string => typeof each === "string" && each !== "");
}
