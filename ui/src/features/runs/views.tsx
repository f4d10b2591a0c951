import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { keepIn, keptIn } from "../../components/kept";
import { KeptMenu } from "../../components/kept-menu";
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
    <KeptMenu
      label="Views"
      given={GIVEN}
      kept={own}
      keep={keep}
      choose={go}
      saveAs="Save these filters as"
      present={search}
    />
  );
}
