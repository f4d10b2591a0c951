import { useVirtualizer } from "@tanstack/react-virtual";
import { Pause, Play } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { isOver } from "../../api/phases";
import { Notice } from "../../components/notice";
import { useNow } from "../../components/now";
import { duration } from "../../components/time";
import { RunContext, useRunView } from "./context";
import { useFolds } from "./folds";
import { useHappenings } from "./happenings";
import { modelOf } from "./model";
import { type Happening, runAt } from "./replay";
import "./history.css";

const Canvas = lazy(() => import("../../graph/canvas"));
/** A replay takes this long, in steps of so many milliseconds. */
const REPLAY = 8000;
const STEP = 200;

/** What happened in order, and the graph as it was at any moment. */
export default function History() {
  const view = useRunView();
  const { run, change } = view;
  const now = useNow();
  const over = isOver(run.status?.phase);
  const items = useHappenings(run);
  const from = Date.parse(run.status?.startedAt ?? "") || (items[0]?.at ?? now);
  const to = Math.max(from + 1000, over ? Date.parse(run.status?.finishedAt ?? "") || from : now);
  const [chosen, setChosen] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const moment = chosen === null ? to : Math.min(chosen, to);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      setChosen((before) => {
        const next = (before ?? from) + ((to - from) * STEP) / REPLAY;
        if (next < to) return next;
        setPlaying(false);
        return null;
      });
    }, STEP);
    return () => clearInterval(timer);
  }, [playing, from, to]);
  const past = useMemo(() => (chosen === null ? run : runAt(run, moment)), [run, chosen, moment]);
  const model = useMemo(() => modelOf(past), [past]);
  const folds = useFolds(model);
  const here = items.findLastIndex((item) => item.at <= moment);
  return (
    <div className="history">
      <div className="view-bar">
        <button
          type="button"
          className="button"
          onClick={() => {
            if (!playing) setChosen(chosen === null || chosen >= to ? from : chosen);
            setPlaying(!playing);
          }}
        >
          {playing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
          {playing ? "Pause" : "Replay"}
        </button>
        <input
          type="range"
          aria-label="Moment"
          aria-valuetext={`${duration((moment - from) / 1000)} after the start`}
          min={from}
          max={to}
          step={Math.max(1, (to - from) / 500)}
          value={moment}
          onChange={(event) => {
            setPlaying(false);
            setChosen(Number(event.target.value));
          }}
        />
        <span className="number">
          {duration((moment - from) / 1000)} <span className="dim">of {duration((to - from) / 1000)}</span>
        </span>
      </div>
      <div className="history-graph">
        <RunContext value={{ ...view, run: past, model, folds, marks: undefined }}>
          <Suspense fallback={<div className="skeleton" role="status" aria-label="Loading" />}>
            <Canvas />
          </Suspense>
        </RunContext>
      </div>
      {items.length === 0 ? (
        <Notice title="Nothing happened yet" />
      ) : (
        <Happenings
          items={items}
          here={here}
          from={from}
          choose={(index) => {
            const item = items[index];
            if (!item) return;
            setPlaying(false);
            setChosen(item.at);
            if (item.node) change({ nodeId: item.node });
          }}
        />
      )}
    </div>
  );
}

interface ListProps {
  items: Happening[];
  /** The last one that is not after the moment. */
  here: number;
  from: number;
  choose: (index: number) => void;
}

function Happenings({ items, here, from, choose }: ListProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 28,
    overscan: 10,
  });
  useEffect(() => {
    if (here >= 0) list.scrollToIndex(here, { align: "auto" });
  }, [here, list]);
  return (
    <div ref={scroll} className="history-list" role="region" aria-label="What happened" tabIndex={0}>
      <div role="list" style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map((row) => {
          const item = items[row.index];
          if (!item) return null;
          const classes = ["history-row", row.index > here ? "later" : "", item.bad ? "bad" : ""];
          return (
            <div
              key={row.index}
              role="listitem"
              className={classes.filter(Boolean).join(" ")}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <time dateTime={new Date(item.at).toISOString()} title={new Date(item.at).toLocaleString()}>
                +{duration((item.at - from) / 1000)}
              </time>
              <span className="history-reason">{item.reason.replace(/^WorkflowNode|^Workflow/, "")}</span>
              <button
                type="button"
                className="history-text"
                onClick={() => choose(row.index)}
                title={item.text}
              >
                {item.text}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
