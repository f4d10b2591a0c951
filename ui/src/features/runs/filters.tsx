import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search, X } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";
import { Phase, type PhaseName } from "../../components/phase";
import { Menu } from "../../components/menu";
import { duration } from "../../components/time";
import { phasesIn } from "../../api/queries";
import type { Workflow } from "../../api/types";
import { labelsOf, OriginMenu, withOrigin } from "./origin-menu";
import { askedFor, type RunsSearch } from "./search";
import { Views } from "./views";

const PHASES: PhaseName[] = ["Pending", "Running", "Succeeded", "Failed", "Error"];
const AGES: [string, number][] = [
  ["Last hour", 3600],
  ["Last day", 86_400],
  ["Last week", 7 * 86_400],
];

const MORE: [string, RunsSearch][] = [
  ["Took a minute or longer", { min: "60" }],
  ["Took an hour or longer", { min: "3600" }],
  ["Only in the archive", { archived: "yes" }],
  ["Not archived only", { archived: "no" }],
  ["Group by origin", { group: "from" }],
  ["Group by phase", { group: "phase" }],
  ["Group by day", { group: "day" }],
];

interface Chip {
  text: string;
  without: RunsSearch;
}

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
    const next = added(search, text.trim());
    setBad(next ? "" : "Write a part of a name, label=value, or phase:Failed");
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
          aria-label="Filter by name, label=value, or phase:Failed"
          aria-invalid={bad !== ""}
          placeholder="Name, label=value, phase:Failed"
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
            {!search.min && counts.data && <span className="dim">{counts.data[phase] ?? 0}</span>}
          </button>
        ))}
      </div>
      <OriginMenu namespace={namespace} choose={(label) => go(withOrigin(search, label))} />
      <Menu label="Created" className="button quiet">
        {AGES.map(([name, span]) => (
          <button
            key={name}
            type="button"
            onClick={() => go({ ...search, createdAfter: new Date(Date.now() - span * 1000).toISOString() })}
          >
            {name}
          </button>
        ))}
      </Menu>
      <Menu label="More" className="button quiet">
        {MORE.map(([title, more]) => (
          <button key={title} type="button" onClick={() => go({ ...search, ...more })}>
            {title}
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

/** The filters with one more that was typed; null when it is no filter. */
function added(search: RunsSearch, text: string): RunsSearch | null {
  if (text === "") return { ...search, text: undefined };
  const phase = /^phase:(\w+)$/i.exec(text)?.[1];
  if (phase) {
    const known = PHASES.find((name) => name.toLowerCase() === phase.toLowerCase());
    return known ? { ...search, phase: [...new Set([...(search.phase ?? []), known])] } : null;
  }
  if (/^(label:)?[\w./-]+(=|!=| in | notin )/.test(text))
    return { ...search, label: [...(search.label ?? []), text.replace(/^label:/, "")] };
  return /^[\w.-]+$/.test(text) ? { ...search, text } : null;
}

function chips(search: RunsSearch): Chip[] {
  const found: Chip[] = (search.label ?? []).map((label) => {
    const rest = search.label?.filter((other) => other !== label);
    return { text: label, without: { ...search, label: rest?.length ? rest : undefined } };
  });
  if (search.text) found.push({ text: `name: ${search.text}`, without: { ...search, text: undefined } });
  for (const [name, words] of [
    ["createdAfter", "created after"],
    ["finishedBefore", "finished before"],
  ] as const) {
    const value = search[name];
    if (value)
      found.push({
        text: `${words} ${new Date(value).toLocaleString()}`,
        without: { ...search, [name]: undefined },
      });
  }
  if (search.min)
    found.push({
      text: `took ${duration(Number(search.min))} or longer`,
      without: { ...search, min: undefined },
    });
  if (search.archived)
    found.push({
      text: search.archived === "yes" ? "only in the archive" : "not archived only",
      without: { ...search, archived: undefined },
    });
  if (search.group)
    found.push({ text: `grouped by ${search.group}`, without: { ...search, group: undefined } });
  return found;
}
