import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useDeferredValue, useState } from "react";
import { schedulesIn, templatesIn } from "../../api/queries";
import { lastNamespace } from "../../app/namespace";
import { setTheme } from "../../app/theme";
import { listRuns } from "../../api/workflows";
import { Dialog } from "../../components/dialog";
import { Phase, phaseName } from "../../components/phase";
import type { RunsSearch } from "../runs/search";
import "./palette.css";

const VIEWS: readonly (readonly [string, RunsSearch])[] = [
  ["Failed runs", { phase: ["Failed", "Error"] }],
  ["Runs that go on", { phase: ["Pending", "Running"] }],
  ["Runs by template and schedule", { group: "from" }],
];

/** Finds runs, templates, places and commands; begins with what was typed before it was there. */
export default function Palette({ typed, onClose }: { typed: string; onClose: () => void }) {
  const navigate = useNavigate();
  const namespace = lastNamespace();
  const [text, setText] = useState(typed);
  const asked = useDeferredValue(/^[\w.-]+$/.test(text) ? text : "");
  const runs = useQuery({
    queryKey: ["palette", "runs", namespace, asked],
    queryFn: ({ signal }) =>
      listRuns({ namespace, name: asked ? { match: "Contains", text: asked } : undefined }, 8, "", signal),
  });
  const templates = useQuery(templatesIn(namespace));
  const schedules = useQuery(schedulesIn(namespace));
  const then = (go: () => unknown) => () => {
    onClose();
    void go();
  };
  const places = [
    ["Home", "/"],
    ["Runs", "/workflows/$namespace"],
    ["New run", "/launch/$namespace"],
    ["Definitions", "/workflow-templates/$namespace"],
    ["Schedules", "/cron-workflows/$namespace"],
    ["Events", "/workflow-event-bindings/$namespace"],
    ["Insights", "/reports/$namespace"],
    ["Settings", "/userinfo"],
  ] as const;
  return (
    <Dialog title="Search and commands" onClose={onClose}>
      <Command label="Search and commands" className="palette" loop>
        <Command.Input
          data-first
          value={text}
          onValueChange={setText}
          placeholder="A run, a template, a command"
        />
        <Command.List>
          <Command.Empty>Nothing fits.</Command.Empty>
          <Command.Group heading="Go to">
            {places.map(([name, to]) => (
              <Command.Item
                key={to}
                value={name}
                onSelect={then(() => navigate({ to, params: { namespace }, search: {} }))}
              >
                {name}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Runs">
            {(runs.data?.items ?? []).map((run) => (
              <Command.Item
                key={run.metadata?.uid}
                value={run.metadata?.name ?? ""}
                onSelect={then(() =>
                  navigate({
                    to: "/workflows/$namespace/$name",
                    params: { namespace: run.metadata?.namespace ?? "", name: run.metadata?.name ?? "" },
                    search: {},
                  }),
                )}
              >
                <Phase phase={phaseName(run.status?.phase)} bare /> {run.metadata?.name}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Start">
            {(templates.data?.items ?? []).slice(0, 50).map((template) => (
              <Command.Item
                key={template.metadata?.name}
                value={`start ${template.metadata?.name ?? ""}`}
                onSelect={then(() =>
                  navigate({
                    to: "/launch/$namespace",
                    params: { namespace: template.metadata?.namespace ?? "" },
                    search: { template: template.metadata?.name ?? "" },
                  }),
                )}
              >
                Start {template.metadata?.name}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Schedules">
            {(schedules.data?.items ?? []).slice(0, 50).map((cron) => (
              <Command.Item
                key={cron.metadata?.name}
                value={`schedule ${cron.metadata?.name ?? ""}`}
                onSelect={then(() =>
                  navigate({
                    to: "/cron-workflows/$namespace/$name",
                    params: { namespace: cron.metadata?.namespace ?? "", name: cron.metadata?.name ?? "" },
                    search: {},
                  }),
                )}
              >
                {cron.metadata?.name}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Show">
            {VIEWS.map(([title, search]) => (
              <Command.Item
                key={title}
                value={`show ${title}`}
                onSelect={then(() =>
                  navigate({ to: "/workflows/$namespace", params: { namespace }, search }),
                )}
              >
                {title}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Colours">
            {(["light", "dark", "system"] as const).map((theme) => (
              <Command.Item key={theme} value={`colours ${theme}`} onSelect={then(() => setTheme(theme))}>
                Colours: {theme}
              </Command.Item>
            ))}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}
