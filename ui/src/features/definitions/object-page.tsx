import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import type { KeptObject } from "../../api/definitions";
import { Failed } from "../../components/failed";
import { Tabs } from "../../components/tabs";
import { type Keeping, ManifestForm } from "./manifest-form";
import { Removal } from "./removal";
import "./definitions.css";

interface Props extends Keeping {
  kind: string;
  name: string;
  object: KeptObject | undefined;
  problem: Error | null;
  remove: (keepRuns: boolean) => Promise<void>;
  /** What the deletion takes with it; without it the runs stay in any case. */
  owned?: ReactNode;
  actions: ReactNode;
  /** Views beside the overview and the manifest: name in the address, title, what it shows. */
  views?: readonly (readonly [string, string, ReactNode])[];
  /** The overview. */
  children: ReactNode;
}

/** The page of a kept object: what can be done, what belongs to it, and its YAML. */
export function ObjectPage(props: Props) {
  const { kind, name, object, problem, lint, reread, save, actions, views = [], children } = props;
  const { tab } = useSearch({ strict: false });
  const navigate = useNavigate();
  const panel = useId();
  const [asked, setAsked] = useState(false);
  if (problem && !object)
    return (
      <main className="page">
        <Failed title={`${name} cannot be read`} error={problem} retry={reread} />
      </main>
    );
  if (!object)
    return (
      <main className="page">
        <div className="skeleton" role="status" aria-label="Reading" />
      </main>
    );
  const tabs: [string, string][] = [
    ["overview", "Overview"],
    ...views.map(([id, title]): [string, string] => [id, title]),
    ["manifest", "Manifest"],
  ];
  const chosen = tabs.find(([id]) => id === tab)?.[0] ?? "overview";
  return (
    <main className="page object-page">
      <div className="page-head">
        <h1>{name}</h1>
        {actions}
        <button type="button" className="button danger" onClick={() => setAsked(true)}>
          Delete
        </button>
      </div>
      <Tabs
        label="Views"
        tabs={tabs}
        chosen={chosen}
        choose={(next) => void navigate({ to: ".", search: { tab: next }, replace: true })}
        panel={panel}
      />
      <div id={panel} role="tabpanel" aria-label={chosen} className="object-panel">
        {chosen === "overview" && children}
        {views.find(([id]) => id === chosen)?.[2]}
        {chosen === "manifest" && (
          <ManifestForm kind={kind} object={object} lint={lint} reread={reread} save={save} />
        )}
      </div>
      {asked && (
        <Removal name={name} owned={props.owned} remove={props.remove} onClose={() => setAsked(false)} />
      )}
    </main>
  );
}
