import { useSyncExternalStore } from "react";
import { onToken, token } from "./client";

/** The token that is kept; whoever follows a stream begins anew when it is another. */
export function useToken(): string {
  return useSyncExternalStore(onToken, token);
}
