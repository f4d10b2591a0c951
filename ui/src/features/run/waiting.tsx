import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { comeTo } from "../../components/come-to";
import { useNow } from "../../components/now";
import { duration } from "../../components/time";
import { useRunView } from "./context";
import { type Wait, waitsOf } from "./waits";

/** So many are told; the table has all. */
const SHOWN = 3;
/** So many nodes and holders are named. */
const NAMED = 3;

/** What a run waits for, and what can be done about it; nothing for a run that goes on or is over. */
export function Waiting() {
  const { run, change } = useRunView();
  const waits = useMemo(() => waitsOf(run), [run]);
  if (waits.length === 0) return null;
  return (
    <section className="banner waiting" role="status" aria-label="Waiting">
      {waits.slice(0, SHOWN).map((wait) => (
        <WaitLine key={wait.key} wait={wait} />
      ))}
      {waits.length > SHOWN && (
        <button type="button" className="link" onClick={() => change({ tab: "table" })}>
          and {waits.length - SHOWN} more
        </button>
      )}
    </section>
  );
}

function WaitLine({ wait }: { wait: Wait }) {
  const { change } = useRunView();
  const [first] = wait.nodes;
  return (
    <div className="banner-line">
      <p>
        <Names wait={wait} />
        <Reason wait={wait} />
      </p>
      {wait.kind === "run" && (
        <button type="button" className="button" onClick={() => change({ ask: "resume" })}>
          Resume…
        </button>
      )}
      {first && (
        <button
          type="button"
          className="button"
          onClick={() => {
            change({ nodeId: first.id, nodePanelView: undefined });
            if (wait.kind === "person") comeTo(".approve");
          }}
        >
          {wait.kind === "person" ? "Answer…" : "Look"}
        </button>
      )}
    </div>
  );
}

function Names({ wait: { nodes } }: { wait: Wait }) {
  if (nodes.length === 0) return null;
  const names = nodes.slice(0, NAMED).map((node) => node.name);
  return (
    <>
      <strong>{names.join(", ")}</strong>
      {nodes.length > NAMED && ` and ${nodes.length - NAMED} more`}{" "}
    </>
  );
}

function Reason({ wait }: { wait: Wait }) {
  const now = useNow();
  const many = wait.nodes.length > 1;
  const left = wait.until === undefined ? 0 : Math.max(0, (wait.until - now) / 1000);
  if (wait.kind === "person")
    return (
      <>
        {many ? "wait" : "waits"} {wait.text}
      </>
    );
  if (wait.kind === "time")
    return (
      <>
        goes on by itself in {/* Not read out each second. */}
        <span role="timer">{duration(left)}</span> ({new Date(wait.until ?? 0).toLocaleTimeString()})
      </>
    );
  if (wait.kind === "retry") return <>failed and is tried again: {wait.text}</>;
  return (
    <>
      {wait.kind === "lock" ? `${many ? "wait" : "waits"} for the lock ${wait.text}` : wait.text}
      {wait.holders.length > 0 && ", held by "}
      {wait.holders.slice(0, NAMED).map(({ namespace, name }, at) => (
        <span key={`${namespace}/${name}`}>
          {at > 0 && ", "}
          <Link to="/workflows/$namespace/$name" params={{ namespace, name }} search={{}}>
            {name}
          </Link>
        </span>
      ))}
    </>
  );
}
