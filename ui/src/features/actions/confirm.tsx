import { type SubmitEvent, useState } from "react";
import { Dialog } from "../../components/dialog";
import type { Action } from "./actions";

/** Above this number a destructive action wants the number typed. */
const TYPED = 20;

interface Props {
  action: Action;
  name: string;
  count?: number;
  /** It deletes runs of which the archive keeps a copy. */
  kept?: boolean;
  onClose: () => void;
  /** `everywhere`: the copy in the archive goes too. */
  onConfirm: (everywhere: boolean) => void;
}

/** Asks before an action, and says what it does. */
export function Confirm({ action, name, count = 1, kept = false, onClose, onConfirm }: Props) {
  const [typed, setTyped] = useState("");
  const [everywhere, setEverywhere] = useState(false);
  const guarded = action.destructive && count > TYPED;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!guarded || typed === String(count)) onConfirm(everywhere);
  };
  return (
    <Dialog title={`${action.label} ${name}?`} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{action.effect}</p>
        {kept && (
          <label className="check">
            <input
              type="checkbox"
              checked={everywhere}
              onChange={(event) => setEverywhere(event.target.checked)}
            />
            Delete the copy in the archive too
          </label>
        )}
        {guarded && (
          <label className="field">
            Type {count} to confirm
            <input
              className="input"
              inputMode="numeric"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={action.destructive ? "button danger solid" : "button primary"}
            disabled={guarded && typed !== String(count)}
          >
            {action.label}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
