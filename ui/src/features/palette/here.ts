/** What can be done with what is open: the run of the page, and what the page itself offers. */
import { useQueryClient } from "@tanstack/react-query";
import { useMatches, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Workflow } from "../../api/types";
import { type Offer, offersNow } from "../../app/offers";
import { complain, say } from "../../components/toast";
import { ACTIONS } from "../actions/actions";
import { type RunSearch, VIEWS } from "../run/search";

const RUN = "/workflows/$namespace/$name";
/** So many nodes can be gone to; a run may have thousands. */
const NODES = 2000;
/** Other words for what people look for. */
const WORDS: Record<string, string[]> = {
  stop: ["cancel", "abort"],
  terminate: ["kill", "cancel"],
  delete: ["remove"],
  resume: ["approve", "continue", "unpause"],
  suspend: ["pause"],
  retry: ["rerun", "again"],
  resubmit: ["rerun", "again", "clone"],
};

export interface Entry extends Offer {
  words?: readonly string[];
  icon?: ReactNode;
}

export interface Here {
  entries: readonly Entry[];
  /** The steps of the run that is open. */
  nodes: readonly Entry[];
}

/** What the page that is open has to offer. */
export function useHere(): Here {
  const navigate = useNavigate();
  const client = useQueryClient();
  const place = useMatches({ select: (matches) => matches.at(-1)?.routeId ?? "" });
  const { namespace = "", name = "" } = useParams({ strict: false });
  const offered: Entry[] = offersNow();
  if (place !== RUN) return { entries: offered, nodes: [] };
  const run = client
    .getQueriesData<Workflow>({ queryKey: ["run", namespace, name] })
    .map(([, data]) => data)
    .findLast((data) => data !== undefined);
  const change = (next: RunSearch) => (): void =>
    void navigate({
      to: RUN,
      params: { namespace, name },
      search: (before) => ({ ...(before as RunSearch), ...next }),
    });
  const copy = (text: string) => (): void =>
    void navigator.clipboard.writeText(text).then(() => say(`Copied: ${text}`), complain);
  const views = VIEWS.map(([tab, title]): Entry => ({
    title: `${title} of this run`,
    words: ["view"],
    run: change({ tab }),
  }));
  const entries: Entry[] = [
    ...ACTIONS.filter((action) => run && action.applies(run)).map(({ verb, label, effect }): Entry => ({
      title: `${label} this run`,
      hint: effect,
      words: WORDS[verb] ?? [],
      run: change({ ask: verb }),
    })),
    { title: "Log of this run", words: ["logs"], run: change({ sidePanel: "logs" }) },
    ...views,
    { title: "Share this run", words: ["link", "badge"], run: change({ ask: "share" }) },
    ...(["get", "logs", "wait"] as const).map((verb): Entry => {
      const command = `tiphys ${verb} ${name} -n ${namespace}`;
      return { title: `Copy: ${command}`, words: ["command", "shell"], run: copy(command) };
    }),
    ...offered,
  ];
  const nodes = Object.values(run?.status?.nodes ?? {})
    .filter((node) => !["StepGroup", "TaskGroup"].includes(node.type ?? "") && node.displayName !== name)
    .slice(0, NODES)
    .map((node): Entry => ({
      title: node.displayName ?? node.name ?? "",
      hint: node.phase ?? "",
      words: ["node", "step", node.templateName ?? ""],
      run: change({ nodeId: node.id }),
    }));
  return { entries, nodes };
}
