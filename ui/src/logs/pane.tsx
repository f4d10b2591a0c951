import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { Folding, Groups } from "./groups";
import type { Times } from "./times";
import type { Log } from "./use-log";
import { LogRow } from "./row";

const HEIGHT = 24;
/** Rows beyond each end of the window: many for who scrolls, few while the end of many is followed and all change at once. */
const OVERSCAN = 15;
const OVERSCAN_AT_END = 2;
const MANY = 2000;

interface Props {
  log: Log;
  wrap: boolean;
  times: Times;
  /** True when lines of several pods are mixed. */
  several: boolean;
  hits: readonly number[];
  hit: number | undefined;
  /** What is searched for. */
  pattern: RegExp | null;
  /** The number of the line that the address names. */
  line: number | undefined;
  link: (line: number) => void;
  /** What pods are called; by their own name where it says nothing. */
  names: ReadonlyMap<string, string>;
  /** Fields that are shown of lines that are JSON; none shows them as they are. */
  fields: readonly string[];
}

/** The lines in sight.  It follows the end until somebody scrolls up. */
export function LogPane({ log, wrap, times, several, hits, hit, pattern, line, link, names, fields }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useState(line === undefined);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const flip = (number: number): void => {
    setOpen(flipped(open, number));
  };
  const measured = wrap || open.size > 0;
  const { lines, turn } = log;
  const target = hit ?? (line === undefined ? undefined : line - lines.first);
  const there = target !== undefined && target >= 0 && target < lines.length;
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  // Lines of several pods are mixed: what stands between two marks is not one thing then.
  const groups = useMemo(() => (several ? null : new Groups()), [several]);
  const found = groups?.scan(lines) ?? [];
  // What the address or a search leads to is always in sight.
  const holder = there
    ? found.find(({ start, end }) => start < target + lines.first && target + lines.first <= end)
    : null;
  const closed = holder && folded.has(holder.start) ? without(folded, holder.start) : folded;
  const folding = new Folding(found, closed, lines.first, lines.length);
  const fold = (number: number): void => setFolded(flipped(closed, number));
  const list = useVirtualizer({
    count: folding.rows,
    getScrollElement: () => scroll.current,
    estimateSize: () => HEIGHT,
    overscan: follow && folding.rows > MANY ? OVERSCAN_AT_END : OVERSCAN,
  });
  const { rows } = folding;
  useEffect(() => {
    if (follow && rows > 0) list.scrollToIndex(rows - 1, { align: "end" });
  }, [follow, turn, rows, list]);
  const row = there ? folding.rowOf(target) : -1;
  useEffect(() => {
    if (row >= 0) list.scrollToIndex(row, { align: "center" });
  }, [row, target, list]);
  const scrolled = (): void => {
    const box = scroll.current;
    if (box) setFollow(box.scrollHeight - box.scrollTop - box.clientHeight < 2 * HEIGHT);
  };
  const matches = useMemo(() => new Set(hits), [hits]);
  const slots = Math.ceil((list.scrollRect?.height ?? 0) / HEIGHT) + 2 * OVERSCAN + 2;
  const began = Date.parse(lines.at(0)?.time ?? "");
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
            const index = folding.lineOf(item.index);
            const each = lines.at(index);
            if (!each) return null;
            const number = lines.first + index;
            return (
              <LogRow
                // To change an element costs less than making one; what is measured must stay itself.
                key={measured ? number : `slot ${item.index % slots}`}
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
                pattern={pattern}
                found={matches.has(index)}
                current={index === target}
                began={began}
                folded={groups && closed.has(number)}
                fold={fold}
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

function without(numbers: ReadonlySet<number>, number: number): ReadonlySet<number> {
  const rest = new Set(numbers);
  rest.delete(number);
  return rest;
}

function flipped(numbers: ReadonlySet<number>, number: number): ReadonlySet<number> {
  return numbers.has(number) ? without(numbers, number) : new Set(numbers).add(number);
}
