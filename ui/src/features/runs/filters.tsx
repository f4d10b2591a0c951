import { serverNow } from "../../api/clock";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search, X } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";
import { Phase } from "../../components/phase";
import { Menu } from "../../components/menu";
import { phasesIn } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { added, chips, GRAMMAR, PHASES, withOrigin } from "./filter-text";
import { labelKeysOf, labelsOf, OriginMenu } from "./origin-menu";
import { askedFor, type RunsSearch, withName } from "./search";
import { TimeMenu } from "./time-menu";
import { Views } from "./views";

const MORE: [string, RunsSearch][] = [
  ["Took a minute or longer", { min: "60" }],
  ["Took an hour or longer", { min: "3600" }],
  ["Only in the archive", { archived: "yes" }],
  ["Not archived only", { archived: "no" }],
  ["Group by origin", { group: "from" }],
  ["Group by phase", { group: "phase" }],
  ["Group by day", { group: "day" }],
];

interface Props {
  namespace: string;
  search: RunsSearch;
  /** Those that are loaded: their labels are suggested. */
  runs: readonly Workflow[];
}

/** Filters as chips; all of them live in the address. */
export function Filters({ namespace, search, runs }: Props) {
  const labels = useId();
  const { phase: _phase, ...others } = search;
  const counts = useQuery(phasesIn(askedFor(namespace, others), search.archived));
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [bad, setBad] = useState("");
  const go = (next: RunsSearch): void =>
    void navigate({ to: "/workflows/$namespace", params: { namespace }, search: next });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const next = text.trim() ? added(search, text, serverNow()) : withName(search);
    setBad(next ? "" : GRAMMAR);
    if (!next) return;
    setText("");
    go(next);
  };
  return (
    <div className="filters">
      <form role="search" className="filter-form" onSubmit={submit}>
        <Search size={15} aria-hidden />
        <input
          id="filter"
          list={labels}
          className="input"
          aria-label="Filter by name, label=value, phase:Failed, created:<24h, duration:>1h"
          title={GRAMMAR}
          aria-invalid={bad !== ""}
          placeholder="Name, label=value, phase:…"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <datalist id={labels}>
          {labelsOf(runs).map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        {bad && <span role="alert">{bad}</span>}
      </form>
      <div className="filter-phases" role="group" aria-label="Phases">
        {PHASES.map((phase) => (
          <button
            key={phase}
            type="button"
            className="chip"
            aria-pressed={search.phase?.includes(phase) ?? false}
            onClick={() => go(flipped(search, phase))}
          >
            <Phase phase={phase} />
            {/* The server cannot count what took so long. */}
            {!search.min && !search.max && !search.offset && counts.data && (
              <span className="dim">{counts.data[phase] ?? 0}</span>
            )}
          </button>
        ))}
      </div>
      <OriginMenu namespace={namespace} choose={(label) => go(withOrigin(search, label))} />
      <TimeMenu search={search} choose={go} />
      <Menu label="More" className="button quiet">
        {MORE.map(([title, more]) => (
          <button key={title} type="button" onClick={() => go({ ...search, ...more })}>
            {title}
          </button>
        ))}
        {labelKeysOf(runs).map((key) => (
          <button key={key} type="button" onClick={() => go({ ...search, group: `label:${key}` })}>
            Group by label {key}
          </button>
        ))}
      </Menu>
      <Views namespace={namespace} search={search} />
      {chips(search).map((chip) => (
        <button key={chip.text} type="button" className="chip on" onClick={() => go(chip.without)}>
          {chip.text}
          <X size={13} aria-hidden />
          <span className="visually-hidden">, remove</span>
        </button>
      ))}
    </div>
  );
}

function flipped(search: RunsSearch, phase: string): RunsSearch {
  const on = new Set(search.phase ?? []);
  if (!on.delete(phase)) on.add(phase);
  return { ...search, phase: on.size ? [...on] : undefined };
}
