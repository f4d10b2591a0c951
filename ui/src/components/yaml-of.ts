/** A thing as YAML; the library is loaded when it is first needed. */
export async function yamlOf(thing: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(thing);
}

/** An object of Kubernetes as somebody writes it: without what only servers write. */
export function manifestYaml(kind: string, object: { metadata?: object }): Promise<string> {
  const { managedFields: _fields, ...metadata } = (object.metadata ?? {}) as Record<string, unknown>;
  return yamlOf({ apiVersion: "argoproj.io/v1alpha1", kind, ...object, metadata });
}
