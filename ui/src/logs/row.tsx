import type { Ref } from "react";
import { spans } from "./ansi";
import type { LogLine } from "./lines";
import type { Times } from "./pane";

interface Props {
  ref: Ref<HTMLDivElement> | undefined;
  index: number;
  line: LogLine;
  number: number;
  top: number;
  times: Times;
  several: boolean;
  found: boolean;
  current: boolean;
  link: (line: number) => void;
}

/** One line: its number (which links to it), time, pod, and text. */
export function LogRow({ ref, index, line, number, top, times, several, found, current, link }: Props) {
  const level = levelOf(line.text);
  const classes = ["log-row", level, found ? "found" : "", current ? "current" : ""];
  return (
    <div
      ref={ref}
      data-index={index}
      className={classes.filter(Boolean).join(" ")}
      style={{ transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        className="log-number"
        aria-label={`Link to line ${number}`}
        onClick={() => link(number)}
      >
        {number}
      </button>
      {times !== "off" && <span className="log-time">{timeOf(line.time, times)}</span>}
      {several && (
        <span className={`log-pod pod-${hue(line.pod)}`} title={line.pod}>
          {line.pod}
        </span>
      )}
      <span className="log-text">
        {spans(line.text).map((span, at) =>
          span.look ? (
            <span key={at} className={span.look}>
              {span.text}
            </span>
          ) : (
            span.text
          ),
        )}
      </span>
    </div>
  );
}

function timeOf(time: string, times: Times): string {
  if (!time) return "";
  return times === "utc"
    ? time.slice(11, 23)
    : new Date(time).toLocaleTimeString(undefined, { hour12: false });
}

/** Pods are told apart by one of six colours, always the same for the same name. */
function hue(pod: string): number {
  let sum = 0;
  for (let at = 0; at < pod.length; at++) sum = (sum * 31 + pod.charCodeAt(at)) % 6007;
  return sum % 6;
}

function levelOf(text: string): string {
  const level = /\b(error|fatal|panic|warn(?:ing)?)\b/i.exec(text.slice(0, 160))?.[1]?.toLowerCase();
  return level === undefined ? "" : level.startsWith("warn") ? "log-warn" : "log-error";
}
