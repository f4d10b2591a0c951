/** The namespace that was looked at last, kept in this browser. */
const KEY = "tiphys.namespace";

export function lastNamespace(): string {
  return localStorage.getItem(KEY) ?? "default";
}

export function keepNamespace(namespace: string): void {
  localStorage.setItem(KEY, namespace);
}
