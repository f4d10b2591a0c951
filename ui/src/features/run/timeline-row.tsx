import { Phase } from "../../components/phase";
import { duration, seconds } from "../../components/time";
import { type Bar, barsOf, type Ghost, lasting } from "./bars";
import { useRunView } from "./context";
import { type Known, type Part, PARTS, partsOf } from "./parts";
import { clicked, picksOf } from "./picks";
import type { Row } from "./rows";
import { Twist } from "./twist";

interface RowProps {
  row: Row;
  index: number;
  top: number;
  /** Start, end and the present, in milliseconds since 1970. */
  times: readonly [from: number, to: number, now: number];
  critical: boolean;
  ghost: Ghost | undefined;
  known: Known;
  /** How it stands to the row that is pointed at. */
  relation: "before" | "after" | undefined;
}

/** One node: its name, then the bars of when it ran. */
export function TimelineRow({ row, index, top, times, critical, ghost, known, relation }: RowProps) {
  const { model, folds, search, change } = useRunView();
  const [from, to, now] = times;
  const node = lasting(row.node, model);
  const took = seconds(node.status.startedAt, node.status.finishedAt, now);
  const chosen = node.id === search.nodeId || picksOf(search.nodes).has(node.id);
  const group = node.inside.length > 0;
  const bars = barsOf(node, from, to, now).map((bar) => ({
    bar,
    // What is in a group tells how its time went.
    parts: group ? [] : partsOf(bar.status, known, now),
  }));
  const words = wordsOf(bars.flatMap(({ parts }) => parts));
  return (
    <button
      type="button"
      data-row={index}
      data-node={node.id}
      aria-expanded={group ? folds.open.has(node.id) : undefined}
      className={chosen ? "timeline-row chosen" : "timeline-row"}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => change(clicked(event, search, node.id))}
    >
      <span className="timeline-name" style={{ paddingLeft: 4 + (row.level - 1) * 12 }}>
        <Twist folds={group} open={folds.open.has(node.id)} flip={() => folds.flip(node.id)} />
        <Phase phase={node.phase} bare />
        <span className="timeline-text">{node.name}</span>
        {relation && <span className="timeline-relation">{relation}</span>}
        <span className="dim">{duration(took)}</span>
        {words && <span className="visually-hidden">{words}</span>}
      </span>
      <span className="timeline-track">
        {ghost && (
          <span
            className="bar-ghost"
            style={{ left: `${ghost.left}%`, width: `${ghost.width}%` }}
            title={`${duration(ghost.took)} in the run before`}
          />
        )}
        {bars.map(({ bar, parts }, at) => (
          <Drawn key={at} bar={bar} parts={parts} critical={critical} />
        ))}
      </span>
    </button>
  );
}

function Drawn({ bar, parts, critical }: { bar: Bar; parts: readonly Part[]; critical: boolean }) {
  const [first, last] = [parts[0], parts.at(-1)];
  const span = first && last ? Math.max(1, last.end - first.start) : 1;
  const looks = [
    `bar-${bar.kind}`,
    `phase-${bar.phase.toLowerCase()}`,
    critical ? "critical" : "",
    parts.length > 0 ? "parted" : "",
  ];
  return (
    <span
      className={looks.filter(Boolean).join(" ")}
      style={{ left: `min(${bar.left}%, 100% - 4px)`, width: `${bar.width}%` }}
      title={wordsOf(parts) || undefined}
    >
      {parts.map((part) => (
        <span
          key={part.kind}
          className={`bar-part part-${part.kind}`}
          style={{
            left: `${(100 * (part.start - (first?.start ?? 0))) / span}%`,
            width: `${(100 * (part.end - part.start)) / span}%`,
          }}
        />
      ))}
    </span>
  );
}

/** `waited 5 s, init 3 s, ran 7 s`; of several attempts together. */
function wordsOf(parts: readonly Part[]): string {
  return PARTS.flatMap(([kind, word]) => {
    const mine = parts.filter((part) => part.kind === kind);
    const took = mine.reduce((sum, { start, end }) => sum + end - start, 0);
    return mine.length > 0 ? [`${word} ${duration(took / 1000)}`] : [];
  }).join(", ");
}
