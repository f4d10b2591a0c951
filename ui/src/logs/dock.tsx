import { X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { podName } from "../api/workflows";
import { saveFile } from "../components/save-file";
import { isOver } from "../features/run/data";
import { useRunView } from "../features/run/context";
import type { RunModel } from "../features/run/model";
import type { LogPlace } from "../features/run/search";
import "./logs.css";
import { LogPane, type Times } from "./pane";
import { LogSearch } from "./search";
import { useLog } from "./use-log";

/** The log of a node, or of the whole run, below its page. */
export default function LogDock({ place }: { place: LogPlace }) {
  const { run, model, search, change } = useRunView();
  const [times, setTimes] = useState<Times>("off");
  const [wrap, setWrap] = useState(false);
  const [tall, setTall] = useState(false);
  const [container, setContainer] = useState(place.container);
  const [pattern, setPattern] = useState<RegExp | null>(null);
  const [hit, setHit] = useState(0);
  const name = run.metadata?.name ?? "";
  const pods = place.node === "" ? null : podsOf(place.node, model, name, run.status?.nodes ?? {});
  const only = pods?.size === 1 ? ([...pods][0] ?? "") : "";
  const log = useLog(
    {
      namespace: run.metadata?.namespace ?? "",
      name,
      pod: only,
      container: place.container,
      follow: !isOver(run),
    },
    pods,
  );
  const hits = pattern ? log.lines.find(pattern) : [];
  const at = hits.length ? ((hit % hits.length) + hits.length) % hits.length : 0;
  const save = (): void => saveFile(`${only || name}-${place.container}.log`, "text/plain", log.lines.text());
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "f" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLInputElement>("input[type=search]")?.focus();
    }
  };
  return (
    <section className={tall ? "dock tall" : "dock"} aria-label="Log" onKeyDown={keys}>
      <header className="dock-bar">
        <strong>{place.node === "" ? "All steps" : (model.nodes.get(place.node)?.name ?? only)}</strong>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change({ sidePanel: `logs:${place.node}:${container.trim() || "main"}`, line: undefined });
          }}
        >
          <input
            className="input"
            aria-label="Container"
            list="containers"
            value={container}
            onChange={(event) => setContainer(event.target.value)}
          />
          <datalist id="containers">
            {["main", "init", "wait"].map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </form>
        <LogSearch
          count={hits.length}
          at={at}
          search={(next) => {
            setPattern(next);
            setHit(0);
          }}
          move={(step) => setHit(at + step)}
        />
        <label>
          <input type="checkbox" checked={wrap} onChange={(event) => setWrap(event.target.checked)} /> Wrap
        </label>
        <label>
          Times{" "}
          <select className="input" value={times} onChange={(event) => setTimes(event.target.value as Times)}>
            <option value="off">off</option>
            <option value="local">local</option>
            <option value="utc">UTC</option>
          </select>
        </label>
        <span className="dim" role="status">
          {log.state === "failed" ? "" : `${log.lines.length} lines, ${log.state}`}
        </span>
        <span className="dock-end">
          <button type="button" className="button quiet" onClick={save}>
            Download
          </button>
          <button type="button" className="button quiet" aria-pressed={tall} onClick={() => setTall(!tall)}>
            {tall ? "Smaller" : "Larger"}
          </button>
          <button
            type="button"
            className="button quiet icon"
            aria-label="Close the log"
            onClick={() => change({ sidePanel: undefined, line: undefined })}
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
          line={search.line === undefined ? undefined : Number(search.line)}
          link={(line) => change({ line: String(line) })}
        />
      )}
    </section>
  );
}

/** The pods of a node: its own, its attempts', and those of all that is inside it. */
function podsOf(
  id: string,
  model: RunModel,
  run: string,
  all: Readonly<Record<string, import("../api/types").NodeStatus>>,
): Set<string> {
  const found = new Set<string>();
  const queue = [id];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const node = model.nodes.get(next);
    const single = node ? [node.status, ...node.attempts] : [all[next]];
    if (node?.kind !== "loop")
      for (const status of single) if (status?.type === "Pod") found.add(podName(run, status));
    queue.push(...(node?.inside ?? []));
  }
  return found;
}
