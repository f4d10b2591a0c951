import type { RunNode } from "../features/run/model";

/** The phases of a loop's items as one bar, and in words. */
export function Counts({ counts }: { counts: RunNode["counts"] }) {
  const entries = Object.entries(counts);
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  const words = entries.map(([phase, count]) => `${count} ${phase.toLowerCase()}`).join(", ");
  return (
    <>
      <svg className="counts" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
        {entries.map(([phase, count], at) => {
          const before = entries.slice(0, at).reduce((sum, [, other]) => sum + other, 0);
          return (
            <rect
              key={phase}
              className={`count phase-${phase.toLowerCase()}`}
              x={(100 * before) / all}
              width={(100 * count) / all}
              height="6"
            />
          );
        })}
      </svg>
      <span className="counts-words" title={words}>
        {words}
      </span>
    </>
  );
}
