import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { Log } from "./use-log";
import { LogRow } from "./row";

export type Times = "off" | "local" | "utc";
const HEIGHT = 24;

interface Props {
  log: Log;
  wrap: boolean;
  times: Times;
  /** True when lines of several pods are mixed. */
  several: boolean;
  hits: readonly number[];
  hit: number | undefined;
  /** The number of the line that the address names. */
  line: number | undefined;
  link: (line: number) => void;
  /** What pods are called; by their own name where it says nothing. */
  names: ReadonlyMap<string, string>;
  /** Fields that are shown of lines that are JSON; none shows them as they are. */
  fields: readonly string[];
}

/** The lines in sight.  It follows the end until somebody scrolls up. */
export function LogPane({ log, wrap, times, several, hits, hit, line, link, names, fields }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(line === undefined);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const flip = (number: number): void => {
    const next = new Set(open);
    if (!next.delete(number)) next.add(number);
    setOpen(next);
  };
  const measured = wrap || open.size > 0;
  const { lines, turn } = log;
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => HEIGHT,
    overscan: 30,
  });
  useEffect(() => {
    if (follow && lines.length > 0) list.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, turn, lines, list]);
  const target = hit ?? (line === undefined ? undefined : line - lines.first);
  const there = target !== undefined && target >= 0 && target < lines.length;
  useEffect(() => {
    if (there) list.scrollToIndex(target, { align: "center" });
  }, [there, target, list]);
  const scrolled = (): void => {
    const box = scroll.current;
    if (box) setFollow(box.scrollHeight - box.scrollTop - box.clientHeight < 2 * HEIGHT);
  };
  if (lines.length === 0)
    return (
      <p className="dock-problem" role="status">
        {log.state === "reading"
          ? "Reading…"
          : log.state === "ended"
            ? "Nothing was written."
            : "Nothing yet."}
      </p>
    );
  const found = new Set(hits);
  return (
    <div className="log-frame">
      <div
        ref={scroll}
        className={wrap ? "log wrap" : "log"}
        role="log"
        aria-live="off"
        tabIndex={0}
        onScroll={scrolled}
      >
        <div style={{ height: list.getTotalSize(), position: "relative" }}>
          {list.getVirtualItems().map((item) => {
            const each = lines.at(item.index);
            if (!each) return null;
            const number = lines.first + item.index;
            return (
              <LogRow
                key={number}
                ref={measured ? list.measureElement : undefined}
                index={item.index}
                line={each}
                number={number}
                top={item.start}
                times={times}
                pod={several ? (names.get(each.pod) ?? each.pod) : null}
                fields={fields}
                open={open.has(number)}
                flip={flip}
                found={found.has(item.index)}
                current={item.index === target}
                link={link}
              />
            );
          })}
        </div>
      </div>
      {!follow && (
        <button type="button" className="button log-follow" onClick={() => setFollow(true)}>
          Follow the end
        </button>
      )}
    </div>
  );
}
