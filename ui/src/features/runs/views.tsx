import { useNavigate } from "@tanstack/react-router";
import { KeptMenu } from "../../components/kept-menu";
import { recordOf, useKept } from "../../components/use-kept";
import type { RunsSearch } from "./search";

const GIVEN: readonly (readonly [string, RunsSearch])[] = [
  ["All runs", {}],
  ["Failed", { phase: ["Failed", "Error"] }],
  ["Going on", { phase: ["Pending", "Running"] }],
  ["By template and schedule", { group: "from" }],
];

/** Filters under a name: some that are always there, and those that somebody saved. */
export function Views({ namespace, search }: { namespace: string; search: RunsSearch }) {
  const navigate = useNavigate();
  const [own, keep] = useKept("views", recordOf<RunsSearch>);
  const go = (next: RunsSearch): void =>
    void navigate({ to: "/workflows/$namespace", params: { namespace }, search: next });
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
