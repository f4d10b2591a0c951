import { ChevronRight } from "lucide-react";
import { type Ref, useLayoutEffect, useRef } from "react";
import { spans } from "./ansi";
import { groupMark } from "./groups";
import { fieldsOf, levelOf, picked, unfolded } from "./json";
import type { LogLine } from "./entry";
import { pieces } from "./find";
import { timeOf, type Times, withTimes } from "./times";

interface Props {
  ref: Ref<HTMLDivElement> | undefined;
  index: number;
  line: LogLine;
  number: number;
  top: number;
  times: Times;
  /** What the pod is called; null where there is only one. */
  pod: string | null;
  fields: readonly string[];
  /** True for a JSON line that is unfolded. */
  open: boolean;
  flip: (number: number) => void;
  /** When the log began, in milliseconds since 1970. */
  began: number;
  /** True for the first line of a folded group; null where nothing folds. */
  folded: boolean | null;
  fold: (number: number) => void;
  found: boolean;
  /** What is searched for; it is set off. */
  pattern: RegExp | null;
  current: boolean;
  link: (line: number) => void;
}

/** One line: its number (which links to it), time, pod, and text; JSON unfolds. */
export function LogRow(props: Props) {
  const { ref, index, line, number, top, times, began, pod, fields, open, flip, found, current, link } =
    props;
  const holder = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const button = holder.current;
    // The element shows another line soon: what had the focus must not become a link to that one.
    return () => {
      if (button === document.activeElement)
        button?.closest<HTMLElement>(".log")?.focus({ preventScroll: true });
    };
  }, [number]);
  const level = levelOf(line.text);
  const mark = props.folded === null ? null : groupMark(line.text);
  const json = fieldsOf(line.text);
  const classes = [
    "log-row",
    level && `log-${level}`,
    mark !== null ? "log-mark" : "",
    found ? "found" : "",
    current ? "current" : "",
  ];
  const short = json && fields.length > 0 ? picked(json, fields) : "";
  return (
    <div
      ref={ref}
      data-index={index}
      className={classes.filter(Boolean).join(" ")}
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        ref={holder}
        type="button"
        className="log-number"
        aria-label={`Link to line ${number}`}
        onClick={() => link(number)}
      >
        {number}
      </button>
      {times !== "off" && <span className="log-time">{timeOf(line.time, times, began)}</span>}
      {pod !== null && (
        <span className={`log-pod pod-${hue(line.pod)}`} title={line.pod}>
          {pod}
        </span>
      )}
      {json && <Twist open={open} of={`line ${number}`} flip={() => flip(number)} />}
      {mark && <Twist open={!props.folded} of={mark} flip={() => props.fold(number)} />}
      <span className={open && json ? "log-text log-json" : "log-text"}>
        {open && json
          ? unfolded(json)
          : (mark ?? short) || (
              <Coloured text={withTimes(line.text, times)} pattern={found ? props.pattern : null} />
            )}
      </span>
    </div>
  );
}

function Twist({ open, of, flip }: { open: boolean; of: string; flip: () => void }) {
  return (
    <button
      type="button"
      className={open ? "log-unfold open" : "log-unfold"}
      aria-expanded={open}
      aria-label={`${open ? "Fold" : "Unfold"} ${of}`}
      onClick={flip}
    >
      <ChevronRight size={13} aria-hidden />
    </button>
  );
}

/** Pods are told apart by one of six colours, always the same for the same name. */
function hue(pod: string): number {
  let sum = 0;
  for (let at = 0; at < pod.length; at++) sum = (sum * 31 + pod.charCodeAt(at)) % 6007;
  return sum % 6;
}

function Coloured({ text, pattern }: { text: string; pattern: RegExp | null }) {
  return spans(text).map((span, at) => {
    const parts = pieces(span.text, pattern).map((piece, place) =>
      piece.hit ? <mark key={place}>{piece.text}</mark> : piece.text,
    );
    return span.look ? (
      <span key={at} className={span.look}>
        {parts}
      </span>
    ) : (
      parts
    );
  });
}
