import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Notice } from "./notice";

interface Props {
  title: string;
  error: Error;
  retry: () => unknown;
  /** Said in place of the error's own words. */
  children?: ReactNode;
}

/** Says why something cannot be read, what helps, and asks again when told so. */
export function Failed({ title, error, retry, children = error.message }: Props) {
  return (
    <Notice title={title} tone="danger" action={{ label: "Try again", run: () => void retry() }}>
      {children}
      {error instanceof ApiError && error.status === 403 && (
        <p>Ask whoever runs the server for the right, or sign in as somebody else under Settings.</p>
      )}
    </Notice>
  );
}
