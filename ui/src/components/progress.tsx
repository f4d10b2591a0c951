import type { PhaseName } from "./phase";
import "./progress.css";

/** `3/10` as text and as a bar. */
export function Progress({ value, phase }: { value: string | undefined; phase: PhaseName }) {
  const [done = 0, all = 0] = (value ?? "").split("/").map(Number);
  if (!all) return <span className="dim">–</span>;
  return (
    <span className={`progress phase-${phase.toLowerCase()}`}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
        <rect width="100" height="6" rx="3" className="progress-all" />
        <rect width={(100 * done) / all} height="6" rx="3" className="progress-done" />
      </svg>
      <span>
        {done}/{all}
      </span>
    </span>
  );
}
