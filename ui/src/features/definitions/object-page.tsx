import { type ReactNode, useState } from "react";
import { Dialog } from "../../components/dialog";
import { Notice } from "../../components/notice";
import { complain } from "../../components/toast";
import { ManifestForm } from "./manifest-form";
import "../launch/launch.css";

interface Props {
  kind: string;
  name: string;
  object: { metadata?: object } | undefined;
  problem: Error | null;
  lint: (manifest: unknown) => Promise<unknown>;
  save: (manifest: Record<string, unknown>) => Promise<void>;
  remove: () => Promise<void>;
  actions: ReactNode;
  children: ReactNode;
}

/** The page of a kept object: what can be done, what belongs to it, and its YAML. */
export function ObjectPage({ kind, name, object, problem, lint, save, remove, actions, children }: Props) {
  const [asked, setAsked] = useState(false);
  if (problem && !object)
    return (
      <main className="page">
        <Notice title={`${name} cannot be read`} tone="danger">
          {problem.message}
        </Notice>
      </main>
    );
  if (!object) return <div className="skeleton" role="status" aria-label="Reading" />;
  return (
    <main className="page object-page">
      <div className="page-head">
        <h1>{name}</h1>
        {actions}
        <button type="button" className="button danger" onClick={() => setAsked(true)}>
          Delete
        </button>
      </div>
      {children}
      <h2>Manifest</h2>
      <ManifestForm kind={kind} object={object} lint={lint} save={save} />
      {asked && (
        <Dialog title={`Delete ${name}?`} onClose={() => setAsked(false)}>
          <div>
            <p>It can no longer be used; runs that it started stay.</p>
            <div className="dialog-actions">
              <button type="button" className="button" onClick={() => setAsked(false)}>
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
      )}
    </main>
  );
}
