/** A thing as YAML; the library is loaded when it is first needed. */
export async function yamlOf(thing: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(thing);
}

/** An object of Kubernetes as somebody writes it: without what only servers write, in an order that does not change. */
export function manifestYaml(kind: string, object: { metadata?: object }): Promise<string> {
  const given = (object.metadata ?? {}) as Record<string, unknown>;
  const { managedFields: _fields, name, namespace, labels, annotations, ...others } = given;
  const metadata = { name, namespace, labels, annotations, ...others };
  return yamlOf({ apiVersion: "argoproj.io/v1alpha1", kind, ...object, metadata });
}
