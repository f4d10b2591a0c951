import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Notice } from "./notice";

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
    return (
      <Notice
        title={`The ${what} cannot be read`}
        tone="danger"
        action={{ label: "Try again", run: () => void query.refetch() }}
      >
        {query.error.message}
        {query.error instanceof ApiError && query.error.status === 403 && (
          <p>Ask whoever runs the server for the right, or sign in as somebody else under Settings.</p>
        )}
      </Notice>
    );
  return <div className="skeleton" role="status" aria-label={`Reading ${what}`} />;
}
