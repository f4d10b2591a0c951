import {
  Ban,
  Check,
  CircleDashed,
  CircleX,
  Clock,
  LoaderCircle,
  MinusCircle,
  Pause,
  TriangleAlert,
} from "lucide-react";
import type { ComponentType } from "react";
import "./phase.css";

export type PhaseName =
  "Pending" | "Running" | "Succeeded" | "Failed" | "Error" | "Skipped" | "Omitted" | "Suspended" | "Unknown";

const ICONS: Record<PhaseName, ComponentType<{ size?: number; "aria-hidden"?: boolean }>> = {
  Pending: Clock,
  Running: LoaderCircle,
  Succeeded: Check,
  Failed: CircleX,
  Error: TriangleAlert,
  Skipped: MinusCircle,
  Omitted: Ban,
  Suspended: Pause,
  Unknown: CircleDashed,
};

/** A phase of the API as one that the UI knows; what has none yet is Pending. */
export function phaseName(phase: string | undefined): PhaseName {
  if (!phase) return "Pending";
  return phase in ICONS ? (phase as PhaseName) : "Unknown";
}

/** A phase as icon and text: never by colour alone. */
export function Phase({ phase, bare = false }: { phase: PhaseName; bare?: boolean }) {
  const Icon = ICONS[phase];
  return (
    <span className={`phase phase-${phase.toLowerCase()}`}>
      <Icon size={15} aria-hidden />
      <span className={bare ? "visually-hidden" : undefined}>{phase}</span>
    </span>
  );
}
