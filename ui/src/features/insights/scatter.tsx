import { Link } from "@tanstack/react-router";
import type { Insights } from "../../api/overview";
import { phaseName } from "../../components/phase";
import { duration } from "../../components/time";
import { useNarrow } from "../../components/narrow";

const HEIGHT = 260;
const LEFT = 72;
const TRENDS = ["median", "p90"] as const;

type Props = Pick<Insights, "runs" | "times">;

/** Runs by start and duration, each leading to its page; lines say what half and what nine of ten took at most. */
export function Scatter({ runs, times }: Props) {
  const narrow = useNarrow();
  // The drawing is as wide as its place, more or less, so that its words keep their size.
  const width = narrow ? 340 : 1200;
  const starts = runs.map((run) => Date.parse(run.startedAt));
  const first = Math.min(...starts);
  const span = Math.max(1, Math.max(...starts) - first);
  // Where there is little room the day alone, unless it is the same at both ends.
  const short = span < 86_400_000 ? "toLocaleTimeString" : "toLocaleDateString";
  const moment = (at: number): string => new Date(at)[narrow ? short : "toLocaleString"]();
  const most = Math.max(1, ...runs.map((run) => run.took));
  const x = (at: number): number => LEFT + ((width - LEFT - 20) * (at - first)) / span;
  const y = (took: number): number => 15 + (HEIGHT - 45) * (1 - Math.min(took, most) / most);
  const middles = times.flatMap((each) => {
    const at = (Date.parse(each.from) + Date.parse(each.to)) / 2;
    return at < first || at > first + span ? [] : [{ each, at }];
  });
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
      {middles.length > 1 &&
        TRENDS.map((which) => (
          <polyline
            key={which}
            aria-hidden
            className={`trend ${which}`}
            points={middles.map(({ each, at }) => `${x(at)},${y(each[which] ?? 0)}`).join(" ")}
          />
        ))}
      {runs.map((run) => (
        <Link
          key={run.uid}
          to="/workflows/$namespace/$name"
          params={{ namespace: run.namespace, name: run.name }}
          search={run.archived ? { uid: run.uid } : {}}
          aria-label={`${run.name}: ${run.phase}, ${duration(run.took)}`}
        >
          <circle
            className={`count phase-${phaseName(run.phase).toLowerCase()}`}
            cx={x(Date.parse(run.startedAt))}
            cy={y(run.took)}
            r="5"
          >
            <title>{`${run.name}: ${run.phase}, ${duration(run.took)}`}</title>
          </circle>
        </Link>
      ))}
    </svg>
  );
}
