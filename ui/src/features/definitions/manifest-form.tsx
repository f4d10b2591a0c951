import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { KeptObject } from "../../api/definitions";
import { Dialog } from "../../components/dialog";
import { Diff } from "../../components/diff";
import { complain, say } from "../../components/toast";
import { manifestYaml } from "../../components/yaml-of";
import { draftOf } from "./drafts";
import { changeOf, editable } from "./editing";
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
  const [first] = useState(object);
  const draft = `${kind}/${object.metadata?.namespace ?? ""}/${object.metadata?.name ?? ""}`;
  // What the text was made of: what somebody else changed since then is not overwritten unseen, also by what an
  // earlier visit left.
  const [base, setBase] = useState(() => draftOf(draft)?.of);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const text = useQuery({
    queryKey: ["yaml", kind, JSON.stringify(first)],
    queryFn: () => manifestYaml(kind, editable(first)),
    staleTime: Infinity,
  });
  const write = async (live: KeptObject, manifest: Record<string, unknown>): Promise<void> => {
    const kept = await save(changeOf(live, manifest));
    setBase(await manifestYaml(kind, editable(kept)));
    setConflict(null);
    say("Saved");
  };
  const keep = async (manifest: Record<string, unknown>): Promise<void> => {
    const live = await reread();
    const texts = [live, manifest].map((each) => manifestYaml(kind, editable(each)));
    const [theirs = "", mine = ""] = await Promise.all(texts);
    if (theirs === (base ?? text.data)) return write(live, manifest);
    setConflict({ live, manifest, texts: [theirs, mine] });
    throw new Error("Not saved: somebody else changed it meanwhile.");
  };
  if (text.data === undefined) return <div className="skeleton" role="status" aria-label="Loading" />;
  return (
    <>
      <ManifestEditor
        kind={kind}
        draft={draft}
        text={text.data}
        of={base ?? text.data}
        lint={lint}
        save={keep}
        label="Save"
        changedOnly
      />
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
