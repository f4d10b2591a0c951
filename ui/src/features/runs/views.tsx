import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { keepIn, keptIn } from "../../components/kept";
import { Menu } from "../../components/menu";
import { SaveAs } from "../../components/save-as";
import type { RunsSearch } from "./search";

const KEY = "tiphys.views";

const GIVEN: readonly (readonly [string, RunsSearch])[] = [
  ["All runs", {}],
  ["Failed", { phase: ["Failed", "Error"] }],
  ["Going on", { phase: ["Pending", "Running"] }],
  ["By template and schedule", { group: "from" }],
];

/** Filters under a name: some that are always there, and those that were saved in this browser. */
export function Views({ namespace, search }: { namespace: string; search: RunsSearch }) {
  const navigate = useNavigate();
  const [own, setOwn] = useState(() => keptIn<Record<string, RunsSearch>>(KEY, {}));
  const go = (next: RunsSearch): void =>
    void navigate({ to: "/workflows/$namespace", params: { namespace }, search: next });
  const keep = (next: Record<string, RunsSearch>): void => {
    keepIn(KEY, next);
    setOwn(next);
  };
  return (
    <Menu label="Views" className="button quiet">
      {[...GIVEN, ...Object.entries(own)].map(([title, view]) => (
        <button key={title} type="button" onClick={() => go(view)}>
          {title}
        </button>
      ))}
      {Object.keys(own).map((title) => (
        <button
          key={`-${title}`}
          type="button"
          className="danger"
          onClick={() => keep(Object.fromEntries(Object.entries(own).filter(([each]) => each !== title)))}
        >
          Forget {title}
        </button>
      ))}
      <SaveAs label="Save these filters as" save={(title) => keep({ ...own, [title]: search })} />
    </Menu>
  );
}
