/** The namespace that was looked at last, kept in this browser. */
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

const KEY = "tiphys.namespace";

export function lastNamespace(): string {
  return localStorage.getItem(KEY) ?? "default";
}

export function keepNamespace(namespace: string): void {
  localStorage.setItem(KEY, namespace);
}

/** The namespace of the page, else the last one. */
export function useNamespace(): string {
  const { namespace } = useParams({ strict: false });
  useEffect(() => {
    if (namespace) keepNamespace(namespace);
  }, [namespace]);
  return namespace ?? lastNamespace();
}
