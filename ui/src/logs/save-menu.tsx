import { useState } from "react";
import { Menu } from "../components/menu";
import { saveFile } from "../components/save-file";
import { complain, say } from "../components/toast";
import type { LogLines } from "./lines";
import type { LogQuery } from "./source";
import { wholeLog } from "./whole";

interface Props {
  lines: LogLines;
  /** What the file is called. */
  name: string;
  query: Omit<LogQuery, "follow" | "since">;
  pods: readonly string[] | null;
}

/** The log as a file, in another tab, or on the clipboard. */
export function SaveMenu({ lines, name, query, pods }: Props) {
  const [busy, setBusy] = useState(false);
  const whole = async (then: (blob: Blob) => void): Promise<void> => {
    setBusy(true);
    try {
      then(await wholeLog(query, pods, new AbortController().signal));
    } catch (error) {
      complain(error);
    } finally {
      setBusy(false);
    }
  };
  const open = (blob: Blob): void => {
    const address = URL.createObjectURL(blob);
    // Without a window of its own it is still to be had as a file.
    if (!window.open(address)) saveFile(name, "text/plain", blob);
  };
  const copy = (): void =>
    void navigator.clipboard.writeText(lines.text()).then(() => say("The lines are copied"), complain);
  return (
    <Menu label={busy ? "Reading…" : "Save"} name="Save the log" className="button quiet">
      <button type="button" onClick={() => saveFile(name, "text/plain", lines.text())}>
        Download what is here
      </button>
      <button
        type="button"
        disabled={busy}
        onClick={() => void whole((blob) => saveFile(name, "text/plain", blob))}
      >
        Download the whole log
      </button>
      <button type="button" disabled={busy} onClick={() => void whole(open)}>
        Open as text in another tab
      </button>
      <button type="button" onClick={copy}>
        Copy what is here
      </button>
    </Menu>
  );
}
