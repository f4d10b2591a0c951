import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { infoOfServer, versionOfServer } from "../../api/queries";
import { keepIn, keptIn } from "../../components/kept";
import { noteFor } from "./note-for";

const SEEN = "tiphys.version-seen";

/** A word to who is here for the first time, or for the first time since a new version; once, and only in this browser. */
export function Notes() {
  const modals = useQuery(infoOfServer).data?.modals;
  const version = useQuery(versionOfServer).data?.version;
  const [seen, setSeen] = useState(() => keptIn<string | null>(SEEN, null));
  if (!modals || version === undefined) return null;
  const note = noteFor(seen, version, modals);
  if (!note) return null;
  const close = (): void => {
    keepIn(SEEN, version);
    setSeen(version);
  };
  return (
    <aside className="card home-note">
      {note === "first" ? <First /> : <New version={version} />}
      {closer(close)}
    </aside>
  );
}

const closer = (close: () => void): ReactNode => (
  <button type="button" className="button quiet icon" aria-label="Close the note" onClick={close}>
    <X size={16} aria-hidden />
  </button>
);

const First = (): ReactNode => (
  <p>
    <strong>Welcome.</strong> Runs are started with <em>New run</em> or <code>tiphys submit FILE</code>;{" "}
    <kbd>Ctrl K</kbd> finds everything, <kbd>?</kbd> shows the keys, and <Link to="/userinfo">Settings</Link>{" "}
    has the command line, colours and tokens.
  </p>
);

const New = ({ version }: { version: string }): ReactNode => (
  <p>
    <strong>This server is Tiphys {version} now.</strong> Addresses, saved views and runs are as they were.
  </p>
);
