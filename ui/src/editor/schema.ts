/** What may be written where, from the server's own schema; nothing when it has none. */
import { call } from "../api/client";
import type { Option } from "./codemirror";

interface Schema {
  $ref?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: Schema | boolean;
}

interface Api {
  components?: { schemas?: Record<string, Schema> };
}

let loaded: Promise<Record<string, Schema>> | undefined;

function schemas(): Promise<Record<string, Schema>> {
  loaded ??= call<Api>("api/openapi.json").then(
    (api) => api.components?.schemas ?? {},
    () => ({}),
  );
  return loaded;
}

/** The fields that may stand below a path of a kind. */
export async function fieldsAt(kind: string, path: readonly string[]): Promise<Option[]> {
  return fieldsIn(await schemas(), kind, path);
}

/** The same, pure. */
export function fieldsIn(
  all: Readonly<Record<string, Schema>>,
  kind: string,
  path: readonly string[],
): Option[] {
  const top = all[kind] ?? Object.entries(all).find(([name]) => name.endsWith(`.${kind}`))?.[1];
  let here = top && resolved(all, top);
  for (const key of path) {
    const next: Schema | undefined =
      here?.properties?.[key] ??
      (typeof here?.additionalProperties === "object" ? here.additionalProperties : undefined);
    here = next && resolved(all, next);
  }
  return Object.entries(here?.properties ?? {}).map(([label, field]) => ({
    label,
    detail: typeName(field),
    ...(field.description ? { info: field.description } : {}),
  }));
}

/** Through references, lists and choices to what has fields. */
function resolved(all: Readonly<Record<string, Schema>>, schema: Schema): Schema {
  let here = schema;
  for (let depth = 0; depth < 12; depth++) {
    const choice = (here.anyOf ?? here.oneOf)?.find((each) => each.$ref ?? each.properties ?? each.items);
    const next = here.$ref ? all[here.$ref.replace(/^.*\//, "")] : (here.items ?? choice);
    if (!next) return here;
    here = next;
  }
  return here;
}

function typeName(schema: Schema): string {
  if (schema.$ref) return schema.$ref.replace(/^.*[/.]/, "");
  return Array.isArray(schema.type) ? schema.type.join("|") : (schema.type ?? "");
}
