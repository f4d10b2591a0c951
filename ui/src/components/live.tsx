import type { Health } from "../api/stream";
import "./live.css";

export type Liveness = Health | "polling" | "off";

const TEXT: Record<Liveness, string> = {
  live: "Live",
  reconnecting: "Reconnecting",
  stale: "Not up to date",
  polling: "Every few seconds",
  off: "Finished",
};

/** How fresh the page is. */
export function Live({ state }: { state: Liveness }) {
  return <span className={`live live-${state}`}>{TEXT[state]}</span>;
}
