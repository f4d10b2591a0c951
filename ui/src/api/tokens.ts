/** Tokens of ServiceAccounts; ours, so another server may not know them. */
import { call, segment } from "./client";

export interface AccountToken {
  id: string;
  account: string;
  createdAt: string;
  /** Absent when it holds for ever. */
  expiresAt?: string;
}

const at = (...parts: string[]): string => ["api/x/v1/tokens", ...parts.map(segment)].join("/");

/** Those of all accounts of a namespace, newest first. */
export async function listTokens(namespace: string): Promise<AccountToken[]> {
  return (await call<{ items: AccountToken[] }>(at(namespace))).items;
}

/** The answer is the only place where the token itself can be seen; without seconds it holds for ever. */
export function createToken(
  namespace: string,
  account: string,
  expirySeconds: number | undefined,
): Promise<AccountToken & { token: string }> {
  return call(at(namespace, account), { method: "POST", body: { expirySeconds } });
}

export function revokeToken(namespace: string, token: AccountToken): Promise<unknown> {
  return call(at(namespace, token.account, token.id), { method: "DELETE" });
}

/** The names of a namespace's ServiceAccounts. */
export async function listAccounts(namespace: string): Promise<string[]> {
  const found = await call<{ items: { metadata: { name: string } }[] | null }>(
    `api/v1/namespaces/${segment(namespace)}/serviceaccounts`,
  );
  return (found.items ?? []).map((item) => item.metadata.name).sort();
}
