import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import type { KeptObject } from "../../api/definitions";
import { Dialog } from "../../components/dialog";
import { Notice } from "../../components/notice";
import { Tabs } from "../../components/tabs";
import { complain } from "../../components/toast";
import { type Keeping, ManifestForm } from "./manifest-form";
import "./definitions.css";

interface Props extends Keeping {
  kind: string;
  name: string;
  object: KeptObject | undefined;
  problem: Error | null;
  remove: () => Promise<void>;
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
        <Notice title={`${name} cannot be read`} tone="danger">
          {problem.message}
        </Notice>
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
      {asked && <Remove name={name} remove={props.remove} onClose={() => setAsked(false)} />}
    </main>
  );
}

function Remove({ name, remove, onClose }: Pick<Props, "name" | "remove"> & { onClose: () => void }) {
  return (
    <Dialog title={`Delete ${name}?`} onClose={onClose}>
      <div>
        <p>It can no longer be used; runs that it started stay.</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="button danger solid"
            onClick={() => void remove().catch((error: unknown) => complain(error))}
          >
            Delete
          </button>
        </div>
      </div>
    </Dialog>
  );
}
