import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failed } from "./failed";

interface Props<T> {
  query: UseQueryResult<T>;
  /** What is read, in the plural: "templates". */
  what: string;
  children: (data: T) => ReactNode;
}

/** What the server answered; until then that it is read, or why it cannot be.  What was read once stays. */
export function Answer<T>({ query, what, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError)
    return <Failed title={`The ${what} cannot be read`} error={query.error} retry={query.refetch} />;
  return <div className="skeleton" role="status" aria-label={`Reading ${what}`} />;
}
