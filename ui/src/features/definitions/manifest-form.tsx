import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { KeptObject } from "../../api/definitions";
import { Dialog } from "../../components/dialog";
import { Diff } from "../../components/diff";
import { complain, say } from "../../components/toast";
import { manifestYaml } from "../../components/yaml-of";
import { changeOf, contentOf, editable } from "./editing";
import { ManifestEditor } from "./manifest-editor";

export interface Keeping {
  lint: (manifest: unknown) => Promise<unknown>;
  /** The object as it is now. */
  reread: () => Promise<KeptObject>;
  /** Answers with the object as it is kept. */
  save: (manifest: Record<string, unknown>) => Promise<KeptObject>;
}

interface Props extends Keeping {
  kind: string;
  object: KeptObject;
}

interface Conflict {
  live: KeptObject;
  manifest: Record<string, unknown>;
  texts: [string, string];
}

/** An object's YAML to edit; findings appear while it is written, a refusal keeps what was typed. */
export function ManifestForm({ kind, object, lint, reread, save }: Props) {
  // What the text was made of: what somebody else changed since then is not overwritten unseen.
  const [base, setBase] = useState(object);
  const [first] = useState(object);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const text = useQuery({
    queryKey: ["yaml", kind, JSON.stringify(first)],
    queryFn: () => manifestYaml(kind, editable(first)),
    staleTime: Infinity,
  });
  const write = async (live: KeptObject, manifest: Record<string, unknown>): Promise<void> => {
    setBase(await save(changeOf(live, manifest)));
    setConflict(null);
    say("Saved");
  };
  const keep = async (manifest: Record<string, unknown>): Promise<void> => {
    const live = await reread();
    if (contentOf(live) === contentOf(base)) return write(live, manifest);
    const texts = [live, manifest].map((each) => manifestYaml(kind, editable(each)));
    const [theirs = "", mine = ""] = await Promise.all(texts);
    setConflict({ live, manifest, texts: [theirs, mine] });
    throw new Error("Not saved: somebody else changed it meanwhile.");
  };
  if (text.data === undefined) return <div className="skeleton" role="status" aria-label="Loading" />;
  return (
    <>
      <ManifestEditor kind={kind} text={text.data} lint={lint} save={keep} label="Save" changedOnly />
      {conflict && (
        <Dialog title="Changed by somebody else meanwhile" wide onClose={() => setConflict(null)}>
          <div className="stack">
            <p>What saving yours would change in what is there now:</p>
            <Diff
              label="What saving yours would change"
              before={conflict.texts[0]}
              after={conflict.texts[1]}
            />
            <div className="dialog-actions">
              <button type="button" className="button" onClick={() => setConflict(null)}>
                Go on editing
              </button>
              <button
                type="button"
                className="button danger solid"
                onClick={() => void write(conflict.live, conflict.manifest).catch(complain)}
              >
                Save mine
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
