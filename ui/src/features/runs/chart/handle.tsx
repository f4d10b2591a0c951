import type { Range } from "./buckets";
import { stepped } from "./brush";

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -Infinity,
  End: Infinity,
};

interface Props {
  end: "from" | "to";
  range: Range | null;
  shown: Range;
  /** How far one press of an arrow goes, in milliseconds. */
  step: number;
  words: (at: number) => string;
  /** While keys are pressed. */
  move: (range: Range | null) => void;
  /** The keys are let go. */
  done: () => void;
  clear: () => void;
}

/** An end of the chosen stretch of time, moved with keys; without a stretch it stands at the end of the picture. */
export function Handle({ end, range, shown, step, words, move, done, clear }: Props) {
  const at = (range ?? shown)[end];
  const share = (at - shown.from) / (shown.to - shown.from);
  return (
    <span
      role="slider"
      tabIndex={0}
      aria-label={end === "from" ? "Started after" : "Started before"}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={range ? words(at) : `no limit, ${words(at)}`}
      className={`chart-handle ${end}${range ? " on" : ""}`}
      style={{ left: `${100 * share}%` }}
      onKeyDown={(event) => {
        const by = STEPS[event.key];
        if (by !== undefined) move(stepped(range, end, by * step, step, shown));
        else if (event.key === "Escape" && range) clear();
        else return;
        event.preventDefault();
      }}
      onKeyUp={(event) => {
        if (event.key in STEPS) done();
      }}
      onBlur={done}
    />
  );
}
