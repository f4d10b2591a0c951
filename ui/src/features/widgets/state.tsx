import type { UseQueryResult } from "@tanstack/react-query";
import { ApiError, address } from "../../api/client";
import type { Workflow } from "../../api/types";

/** Why a widget shows no run: it is read, there is none, or its reader is not signed in. */
export function WidgetState({ query }: { query: UseQueryResult<Workflow | null> }) {
  if (query.data === null) return "no run";
  if (!query.isError) return "…";
  if (query.error instanceof ApiError && query.error.status === 401)
    return (
      <a href={address("login")} target="_blank" rel="noreferrer">
        Sign in to see it
      </a>
    );
  return query.error.message;
}
