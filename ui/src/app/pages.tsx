import { Link } from "@tanstack/react-router";
import { reasonOf } from "../api/reason";
import { Notice } from "../components/notice";

/** No page has this address. */
export function MissingPage() {
  return (
    <main className="page">
      <Notice title="There is no such page">
        <Link to="/">Go to the start page</Link>
      </Notice>
    </main>
  );
}

/** A page failed; the rest of the UI works on. */
export function CrashPage({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <main className="page">
      <Notice title="This page failed" tone="danger" action={{ label: "Try again", run: reset }}>
        {reasonOf(error)}
      </Notice>
    </main>
  );
}
