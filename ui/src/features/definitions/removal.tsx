import { type ReactNode, useState } from "react";
import { Dialog } from "../../components/dialog";
import { complain } from "../../components/toast";

interface Props {
  name: string;
  /** What the deletion takes with it; without it the runs stay in any case. */
  owned: ReactNode;
  remove: (keepRuns: boolean) => Promise<void>;
  onClose: () => void;
}

/** Asks before an object is deleted; says what goes with it, and offers to keep it. */
export function Removal({ name, owned, remove, onClose }: Props) {
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await remove(keep);
    } catch (error) {
      complain(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Delete ${name}?`} onClose={onClose}>
      <div>
        {owned ?? <p>It can no longer be used; runs that it started stay.</p>}
        {owned && (
          <label className="check">
            <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
            Keep its runs
          </label>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button danger solid" disabled={busy} onClick={() => void go()}>
            Delete
          </button>
        </div>
      </div>
    </Dialog>
  );
}
