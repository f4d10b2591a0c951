/** What our server finds in a text, with places; another server does not know it. */
import { call } from "./client";
import { inNamespace } from "./namespaces";

export interface Told {
  /** From 1; columns count characters. */
  line: number;
  column: number;
  severity: "error" | "warning";
  code: string;
  message: string;
  hint: string;
}

export async function findingsIn(namespace: string, text: string): Promise<Told[]> {
  const body = { text };
  return (await call<{ items: Told[] }>(`api/x/v1/lint/${inNamespace(namespace)}`, { method: "POST", body }))
    .items;
}
