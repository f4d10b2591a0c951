import { lasting } from "../api/storage";
import { X } from "lucide-react";
import {
  type KeyboardEvent,
  useDeferredValue,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import { isOver } from "../api/phases";
import { comeTo } from "../components/come-to";
import { say } from "../components/toast";
import { InfoLinks } from "../components/info-links";
import { recordOf, useKept } from "../components/use-kept";
import { useRunView } from "../features/run/context";
import { podOf } from "../features/run/pod-of";
import type { LogPlace } from "../features/run/search";
import { templateOf } from "../features/run/templates";
import "./logs.css";
import { LogChooser } from "./chooser";
import { containersFor } from "./containers";
import { Hits } from "./hits";
import { namesIn } from "./json";
import { LogOptions } from "./options";
import { type FindLook, patternOf } from "./find";
import { SaveMenu } from "./save-menu";
import { timesOf } from "./times";
import { LogPane } from "./pane";
import { podNames, podsOf } from "./pods";
import { LogSearch } from "./search";
import { type Log, useLog } from "./use-log";

/** Fields that were chosen last, for all runs of this browser. */
const FIELDS = "tiphys.log.fields";
/** So many lines are asked for the fields they have. */
const ASKED = 200;

/** The log of a node, or of the whole run, below its page. */
export default function LogDock({ place }: { place: LogPlace }) {
  const { run, model, search, change } = useRunView();
  const [look, keepLook] = useKept("log", recordOf);
  const [times, wrap] = [timesOf(look["times"]), look["wrap"] === true];
  const [tall, setTall] = useState(false);
  const [container, setContainer] = useState(place.container);
  const [how, setHow] = useState<FindLook>({ exact: false, plain: false });
  const sought = useDeferredValue(search.find ?? "");
  const pattern = useMemo(() => patternOf(sought, how), [sought, how]);
  const [hit, setHit] = useState(0);
  const [fields, setFields] = useState<string[]>(() => lasting.get(FIELDS)?.split(",") ?? []);
  const section = useRef<HTMLElement>(null);
  const name = run.metadata?.name ?? "";
  const pods = place.node === "" ? null : podsOf(place.node, model, name, run.status?.nodes ?? {});
  const only = pods?.size === 1 ? ([...pods][0] ?? "") : "";
  const query = {
    namespace: run.metadata?.namespace ?? "",
    name,
    pod: only,
    container: place.container,
    grep: search.grep ?? "",
  };
  const log = useLog(query, !isOver(run.status?.phase), pods);
  const status = run.status?.nodes?.[place.node];
  const containers = containersFor(status && templateOf(run, status));
  const { lines, turn } = log;
  const [found] = useState(() => new Hits());
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the turn says that there are other lines
  const hits = useMemo(() => found.in(lines, pattern), [found, pattern, lines, turn]);
  const at = hits.length ? ((hit % hits.length) + hits.length) % hits.length : 0;
  const nodes = run.status?.nodes;
  const names = useMemo(() => podNames(name, nodes ?? {}), [name, nodes]);
  // New fields seldom come after the first lines.
  const few = Math.min(log.lines.length, ASKED);
  const known = useMemo(() => namesIn(log.lines.texts(few)), [log.lines, few]);
  const choose = (next: string[]): void => {
    setFields(next);
    if (next.length > 0) lasting.set(FIELDS, next.join(","));
    else lasting.remove(FIELDS);
  };
  const firstError = (): void => {
    const index = log.lines.firstError();
    if (index < 0) say("No line says that it is an error");
    else change({ line: String(log.lines.first + index) });
  };
  // `#L120`, as links to lines are written elsewhere.
  const linked = useEffectEvent((): void => {
    const line = /^#L(\d+)$/.exec(location.hash)?.[1];
    if (line !== undefined) change({ line });
  });
  useEffect(() => {
    // Who opened it by a button goes on in it; who walks the tree or the graph stays there.
    if (document.activeElement?.matches("main button")) section.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    linked();
    window.addEventListener("hashchange", linked);
    return () => window.removeEventListener("hashchange", linked);
  }, []);
  const open = (container: string): void => {
    change({ sidePanel: `logs:${place.node}:${container.trim() || "main"}`, line: undefined });
    comeTo(".dock-bar [list=containers]");
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "f" && (event.ctrlKey || event.metaKey)) {
      section.current?.querySelector<HTMLInputElement>("input[type=search]")?.focus();
    } else if (event.key === "e" && !(event.target instanceof HTMLInputElement)) firstError();
    else return;
    event.preventDefault();
  };
  return (
    <section
      ref={section}
      className={tall ? "dock tall" : "dock"}
      aria-label="Log"
      tabIndex={-1}
      data-holder
      onKeyDown={keys}
    >
      <header className="dock-bar">
        <LogChooser place={place} name={model.nodes.get(place.node)?.name ?? only} />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            open(container);
          }}
        >
          <input
            className="input"
            aria-label="Container"
            list="containers"
            value={container}
            onChange={(event) => {
              setContainer(event.target.value);
              // One that was chosen from the list needs no Enter.
              const { inputType } = event.nativeEvent as InputEvent;
              if (inputType === "insertReplacementText") open(event.target.value);
            }}
          />
          <datalist id="containers">
            {containers.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </form>
        <LogSearch
          count={hits.length}
          at={at}
          text={search.find ?? ""}
          look={how}
          search={(text, next) => {
            setHow(next);
            setHit(0);
            change({ find: text || undefined });
          }}
          move={(step) => setHit(at + step)}
          only={(grep) => change({ grep, line: undefined })}
        />
        {search.grep && (
          <span className="dock-filter">
            only {search.grep}
            <button
              type="button"
              className="button quiet icon"
              aria-label="Show all lines"
              onClick={() => change({ grep: undefined, line: undefined })}
            >
              <X size={13} aria-hidden />
            </button>
          </span>
        )}
        <button type="button" className="button quiet" title="Go to the first error (e)" onClick={firstError}>
          First error
        </button>
        <LogOptions
          wrap={wrap}
          setWrap={(next) => keepLook({ ...look, wrap: next })}
          times={times}
          setTimes={(next) => keepLook({ ...look, times: next })}
          names={known}
          fields={fields}
          setFields={choose}
        />
        <span className="dim" role="status">
          {log.state === "failed" ? "" : said(log)}
        </span>
        <span className="dock-end">
          <InfoLinks
            scope="pod-logs"
            of={status ? podOf(run, status) : { workflow: run }}
            className="button quiet"
          />
          <SaveMenu
            lines={lines}
            name={`${only || name}-${place.container}.log`}
            query={query}
            pods={pods && [...pods]}
          />
          <button type="button" className="button quiet" aria-pressed={tall} onClick={() => setTall(!tall)}>
            {tall ? "Smaller" : "Larger"}
          </button>
          <button
            type="button"
            className="button quiet icon"
            aria-label="Close the log"
            onClick={() =>
              change({ sidePanel: undefined, line: undefined, grep: undefined, find: undefined })
            }
          >
            <X size={16} aria-hidden />
          </button>
        </span>
      </header>
      {log.problem ? (
        <p className="dock-problem" role="alert">
          {log.problem}
        </p>
      ) : (
        <LogPane
          log={log}
          wrap={wrap}
          times={times}
          several={pods === null || pods.size > 1}
          hits={hits}
          hit={hits[at]}
          pattern={pattern}
          line={search.line === undefined ? undefined : Number(search.line)}
          link={(line) => change({ line: String(line) })}
          names={names}
          fields={fields}
        />
      )}
    </section>
  );
}

/** How many lines there are; a log that is longer than what is kept says so. */
function said({ lines, state }: Log): string {
  const count = `${lines.length.toLocaleString("en")} ${lines.length === 1 ? "line" : "lines"}`;
  return lines.first > 1 ? `last ${count}, ${state}` : `${count}, ${state}`;
}
