import { Link } from "@tanstack/react-router";
import { phaseName } from "../../components/phase";
import { duration } from "../../components/time";
import { useNarrow } from "../../components/narrow";
import type { Point } from "./figures";

const HEIGHT = 260;
const LEFT = 60;

/** Runs by start and duration; each point leads to its run. */
export function Scatter({ points, namespace }: { points: readonly Point[]; namespace: string }) {
  const narrow = useNarrow();
  // The drawing is as wide as its place, more or less, so that its words keep their size.
  const width = narrow ? 340 : 1200;
  const moment = (at: number): string =>
    narrow ? new Date(at).toLocaleDateString() : new Date(at).toLocaleString();
  const first = points[0]?.started ?? 0;
  const span = Math.max(1, (points.at(-1)?.started ?? 0) - first);
  const most = Math.max(1, ...points.map((point) => point.took));
  const x = (point: Point): number => LEFT + ((width - LEFT - 20) * (point.started - first)) / span;
  const y = (took: number): number => 15 + (HEIGHT - 45) * (1 - took / most);
  return (
    <svg
      className="scatter"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="group"
      aria-label="Runs by start and duration"
    >
      {[0, 0.5, 1].map((share) => (
        <g key={share} aria-hidden>
          <line x1={LEFT} x2={width} y1={y(share * most)} y2={y(share * most)} className="grid-line" />
          <text x={LEFT - 8} y={y(share * most) + 4} textAnchor="end">
            {duration(share * most)}
          </text>
        </g>
      ))}
      <text x={LEFT} y={HEIGHT - 6} aria-hidden>
        {moment(first)}
      </text>
      <text x={width} y={HEIGHT - 6} textAnchor="end" aria-hidden>
        {moment(first + span)}
      </text>
      {points.map((point) => (
        <Link
          key={point.name}
          to="/workflows/$namespace/$name"
          params={{ namespace, name: point.name }}
          search={{}}
          aria-label={`${point.name}: ${point.phase}, ${duration(point.took)}`}
        >
          <circle
            className={`count phase-${phaseName(point.phase).toLowerCase()}`}
            cx={x(point)}
            cy={y(point.took)}
            r="5"
          >
            <title>{`${point.name}: ${point.phase}, ${duration(point.took)}`}</title>
          </circle>
        </Link>
      ))}
    </svg>
  );
}
