/**
 * The namespace that pages are about: of their address, else the one that the server manages, else the one that was looked
 * at last in this browser, else that of the user's ServiceAccount.
 */
import { lasting } from "../api/storage";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useSyncExternalStore } from "react";
import { EVERY } from "../api/namespaces";
import { infoOfServer, userOfServer } from "../api/queries";
import type { Info, UserInfo } from "../api/types";

/** What was looked at last, perhaps all; and the last single one, in which new things are made. */
const KEY = "tiphys.namespace";
const TARGET = "tiphys.namespace.target";
const listeners = new Set<() => void>();

export function lastNamespace(): string {
  return lasting.get(KEY) ?? "default";
}

export function keepNamespace(namespace: string): void {
  if (namespace === lasting.get(KEY)) return;
  lasting.set(KEY, namespace);
  if (namespace !== EVERY) lasting.set(TARGET, namespace);
  for (const listener of listeners) listener();
}

/** Where something is made that belongs to one namespace, while the page is about this one or about all. */
export const targetNamespace = (namespace: string): string =>
  namespace === EVERY ? (lasting.get(TARGET) ?? "default") : namespace;

/** What the server has to say about where somebody begins; undefined when it does not matter. */
function given(info: Info | undefined, user: UserInfo | undefined): string | undefined {
  if (info?.managedNamespace) return info.managedNamespace;
  return lasting.get(KEY) === null ? user?.serviceAccountNamespace : undefined;
}

/** Where an address without a namespace leads; a server that does not answer yet is not waited for twice. */
export async function startNamespace(client: QueryClient): Promise<string> {
  const [info, user] = await Promise.allSettled([
    client.query({ ...infoOfServer, staleTime: "static", retry: false }),
    client.query({ ...userOfServer, staleTime: "static", retry: false }),
  ]);
  const found = (answer: PromiseSettledResult<unknown>): unknown =>
    answer.status === "fulfilled" ? answer.value : undefined;
  return given(found(info) as Info, found(user) as UserInfo) ?? lastNamespace();
}

/** The namespace that was looked at last; pages without one in their address are about it. */
export function useLastNamespace(): string {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, lastNamespace);
}

/** The namespace of the page, else the one where somebody begins. */
export function useNamespace(): string {
  const { namespace } = useParams({ strict: false });
  const last = useLastNamespace();
  const start = given(useQuery(infoOfServer).data, useQuery(userOfServer).data);
  const here = namespace ?? start;
  useEffect(() => {
    if (here) keepNamespace(here);
  }, [here]);
  return here ?? last;
}
