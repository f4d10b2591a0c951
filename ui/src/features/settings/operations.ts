/** The operations of an OpenAPI description, as a reader wants them; pure. */

export interface Description {
  paths?: Record<string, Record<string, Operation>>;
  servers?: unknown;
}

interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; description?: string; required?: boolean }[];
  requestBody?: unknown;
}

export interface Shown {
  method: string;
  path: string;
  summary: string;
  /** Parameters of the path and of the query. */
  parameters: { name: string; in: string; description: string; required: boolean }[];
  hasBody: boolean;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** The operations whose method, path or summary has all words of `text`. */
export function operationsOf(description: Description, text: string): Shown[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return Object.entries(description.paths ?? {})
    .flatMap(([path, methods]) =>
      METHODS.flatMap((method): Shown[] => {
        const operation = methods[method];
        if (!operation) return [];
        return [
          {
            method: method.toUpperCase(),
            path,
            summary: operation.summary ?? operation.description ?? operation.operationId ?? "",
            parameters: (operation.parameters ?? [])
              .filter((each) => each.in === "path" || each.in === "query")
              .map(({ name, in: place, description: about = "", required = false }) => ({
                name,
                in: place,
                description: about,
                required,
              })),
            hasBody: operation.requestBody !== undefined,
          },
        ];
      }),
    )
    .filter((each) => {
      const all = `${each.method} ${each.path} ${each.summary}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
}

/** The path with its parameters filled in, below the base href, and the query. */
export function filled(
  operation: Shown,
  values: Readonly<Record<string, string>>,
): { path: string; query: Record<string, string>; missing: string[] } {
  let path = operation.path.replace(/^\//, "");
  const query: Record<string, string> = {};
  const missing: string[] = [];
  for (const { name, in: place } of operation.parameters) {
    const value = values[name] ?? "";
    if (place === "query") {
      if (value) query[name] = value;
    } else if (value) path = path.replace(`{${name}}`, encodeURIComponent(value));
    else missing.push(name);
  }
  return { path, query, missing };
}
