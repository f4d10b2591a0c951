import { useQuery } from "@tanstack/react-query";
import { useMatches, useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { type ReactNode, useDeferredValue, useEffect, useRef, useState } from "react";
import { EVERY } from "../../api/namespaces";
import {
  clusterTemplates,
  infoOfServer,
  namespacesOfServer,
  schedulesIn,
  templatesIn,
} from "../../api/queries";
import { listRuns } from "../../api/workflows";
import { DENSITIES, setDensity } from "../../app/density";
import { keepNamespace, lastNamespace, targetNamespace } from "../../app/namespace";
import { pageIn } from "../../app/namespace-switch";
import { setTheme } from "../../app/theme";
import { Dialog } from "../../components/dialog";
import { Phase, phaseName } from "../../components/phase";
import { setTimeStyle, TIME_STYLES } from "../../components/time-style";
import type { RunsSearch } from "../runs/search";
import { type Entry, useHere } from "./here";
import { rank } from "./ranking";
import "./palette.css";

const VIEWS: readonly (readonly [string, RunsSearch])[] = [
  ["Failed runs", { phase: ["Failed", "Error"] }],
  ["Runs that go on", { phase: ["Pending", "Running"] }],
  ["Runs by template and schedule", { group: "from" }],
];
/** Before anything is typed no more than so many of what the page offers. */
const FIRST = 8;
const PLACES = [
  ["Home", "/"],
  ["Runs", "/workflows/$namespace"],
  ["New run", "/launch/$namespace"],
  ["Definitions", "/workflow-templates/$namespace"],
  ["Schedules", "/cron-workflows/$namespace"],
  ["Events", "/workflow-event-bindings/$namespace"],
  ["Insights", "/reports/$namespace"],
  ["Settings", "/userinfo"],
  ["API explorer", "/apidocs"],
] as const;

/** Finds runs, definitions, places, and what can be done with what is open or chosen; begins with what was typed before it was there. */
export default function Palette({ typed: early, onClose }: { typed: string; onClose: () => void }) {
  const [text, setText] = useState(early);
  const [chosen, setChosen] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const walked = useRef(false);
  const here = useHere();
  const typed = text.trim() !== "";
  const then = (go: () => void) => () => {
    onClose();
    go();
  };
  const list = (heading: string, entries: readonly Entry[], id = heading): ReactNode =>
    entries.length > 0 && (
      <Command.Group heading={heading}>
        {entries.map(({ title, hint, words, run, icon }, at) => (
          <Command.Item
            // Two things may have one name: what is chosen is told apart by its place.
            key={`${id} ${at}`}
            value={`${title}\n${id} ${at}`}
            keywords={[...(words ?? [])]}
            onSelect={then(run)}
          >
            {icon}
            <span>{title}</span>
            {hint && <span className="dim palette-hint">{hint}</span>}
          </Command.Item>
        ))}
      </Command.Group>
    );
  const known = useKnown(text);
  const { arrived } = known;
  // What came later may fit better: the first entry is chosen until somebody walks the list.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const first = box.current?.querySelector("[cmdk-item]")?.getAttribute("data-value");
      if (first && !walked.current) setChosen(first);
    });
    return () => cancelAnimationFrame(frame);
  }, [text, arrived]);
  return (
    <Dialog title="Search and commands" onClose={onClose}>
      <Command
        ref={box}
        value={chosen}
        onValueChange={setChosen}
        onKeyDown={(event) => {
          if (event.key.startsWith("Arrow")) walked.current = true;
        }}
        label="Search and commands"
        className="palette"
        loop
        filter={(value, search, words) => rank(value.split("\n")[0] ?? "", search, words)}
      >
        <Command.Input
          data-first
          value={text}
          onValueChange={(next) => {
            walked.current = false;
            setText(next);
          }}
          placeholder="A run, a template, a step, a command"
        />
        <Command.List>
          <Command.Empty>Nothing fits.</Command.Empty>
          {list("On this page", typed ? here.entries : here.entries.slice(0, FIRST))}
          {typed && list("Steps of this run", here.nodes)}
          {list("Go to", known.places)}
          {list("Runs", known.runs)}
          {list("Templates", typed ? known.templates : known.templates.slice(0, 3))}
          {list("Schedules", typed ? known.schedules : known.schedules.slice(0, 3))}
          {list("Show", known.views)}
          {typed && list("Namespaces", known.namespaces)}
          {typed && list("Looks", LOOKS)}
        </Command.List>
      </Command>
    </Dialog>
  );
}

const LOOKS: readonly Entry[] = [
  ...(["light", "dark", "system"] as const).map((theme) => ({
    title: `Colours: ${theme}`,
    words: ["theme", "mode"],
    run: () => setTheme(theme),
  })),
  ...DENSITIES.map((density) => ({
    title: `Rows: ${density}`,
    words: ["density"],
    run: () => setDensity(density),
  })),
  ...TIME_STYLES.map((style) => ({
    title: `Times: ${style}`,
    words: ["clock", "zone"],
    run: () => setTimeStyle(style),
  })),
];

/** What there is, as entries that lead to it. */
function useKnown(text: string) {
  const navigate = useNavigate();
  const namespace = lastNamespace();
  const place = useMatches({ select: (matches) => matches.at(-1)?.routeId ?? "/" });
  // The server is asked for the longest word that can be a part of a name.
  const words = text.split(/\s+/).filter((word) => /^[a-z0-9.-]+$/.test(word));
  const asked = useDeferredValue([...words].sort((a, b) => b.length - a.length)[0] ?? "");
  const runs = useQuery({
    queryKey: ["palette", "runs", namespace, asked],
    queryFn: ({ signal }) =>
      listRuns({ namespace, name: asked ? { match: "Contains", text: asked } : undefined }, 8, "", signal),
    placeholderData: (before) => before,
  });
  const templates = useQuery(templatesIn(namespace));
  const cluster = useQuery(clusterTemplates);
  const schedules = useQuery(schedulesIn(namespace));
  const managed = useQuery(infoOfServer).data?.managedNamespace;
  const namespaces = useQuery(namespacesOfServer).data ?? [];
  const change = (next: string) => (): void => {
    keepNamespace(next);
    const to = pageIn(place);
    if (to) void navigate({ to: to as "/workflows/$namespace", params: { namespace: next }, search: {} });
  };
  const start = (home: string, search: { template?: string; cluster?: string; cron?: string }) => (): void =>
    void navigate({ to: "/launch/$namespace", params: { namespace: targetNamespace(home) }, search });
  return {
    /** Changes when the server has answered. */
    arrived: runs.dataUpdatedAt,
    places: PLACES.map(([title, to]): Entry => ({
      title,
      run: () => void navigate({ to, params: { namespace }, search: {} }),
    })),
    runs: (runs.data?.items ?? []).map(({ metadata, status }): Entry => ({
      title: metadata?.name ?? "",
      icon: <Phase phase={phaseName(status?.phase)} bare />,
      words: ["run", status?.phase ?? ""],
      run: () =>
        void navigate({
          to: "/workflows/$namespace/$name",
          params: { namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" },
          search: {},
        }),
    })),
    templates: [
      ...(templates.data?.items ?? []).flatMap(({ metadata }): Entry[] => {
        const { name = "", namespace: home = "" } = metadata ?? {};
        return [
          {
            title: `Start ${name}`,
            words: ["submit", "run", "template"],
            run: start(home, { template: name }),
          },
          {
            title: `Template ${name}`,
            words: ["open", "definition"],
            run: () =>
              void navigate({
                to: "/workflow-templates/$namespace/$name",
                params: { namespace: home, name },
                search: {},
              }),
          },
        ];
      }),
      ...(cluster.data?.items ?? []).flatMap(({ metadata }): Entry[] => {
        const { name = "" } = metadata ?? {};
        return [
          {
            title: `Start cluster template ${name}`,
            words: ["submit", "run"],
            run: start(namespace, { cluster: name }),
          },
          {
            title: `Cluster template ${name}`,
            words: ["open", "definition"],
            run: () =>
              void navigate({ to: "/cluster-workflow-templates/$name", params: { name }, search: {} }),
          },
        ];
      }),
    ],
    schedules: (schedules.data?.items ?? []).flatMap(({ metadata, spec }): Entry[] => {
      const { name = "", namespace: home = "" } = metadata ?? {};
      return [
        {
          title: `Schedule ${name}`,
          hint: spec?.suspend === true ? "suspended" : "",
          words: ["open", "cron"],
          run: () =>
            void navigate({
              to: "/cron-workflows/$namespace/$name",
              params: { namespace: home, name },
              search: {},
            }),
        },
        {
          title: `Start ${name} now`,
          words: ["schedule", "submit", "cron"],
          run: start(home, { cron: name }),
        },
      ];
    }),
    views: VIEWS.map(([title, search]): Entry => ({
      title,
      words: ["show", "filter"],
      run: () => void navigate({ to: "/workflows/$namespace", params: { namespace }, search }),
    })),
    namespaces: managed
      ? []
      : [
          ...namespaces
            .filter((each) => each !== namespace)
            .map((each): Entry => ({ title: `Namespace ${each}`, words: ["change"], run: change(each) })),
          ...(namespace === EVERY
            ? []
            : [{ title: "All namespaces", words: ["change", "namespace"], run: change(EVERY) }]),
        ],
  };
}
