import { Outlet, useLocation, useMatches, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Dialog } from "../components/dialog";
import { Toasts } from "../components/toast";
import { SignIn } from "../features/signin/signin";
import { Bar } from "./bar";
import { keepFocus } from "./focus";
import { useKeys } from "./keys";
import { titleOf } from "./title";
import "./shell.css";

const Palette = lazy(() => import("../features/palette/palette"));
const KeyMap = lazy(() => import("../features/palette/key-map"));

/** What is round every page: the bar, the page, and sign-in above it when the server asks for it. */
export function Shell() {
  const moving = useRouterState({ select: (state) => state.status === "pending" });
  const bare = useLocation({ select: (place) => place.pathname.includes("/widgets/") });
  const [above, setAbove] = useState<"palette" | "keys" | null>(null);
  const [typed, setTyped] = useState("");
  const shell = useRef<HTMLDivElement>(null);
  const page = useRef<HTMLDivElement>(null);
  const title = useMatches({
    select: (matches) => titleOf(matches.at(-1)?.routeId ?? "", matches.at(-1)?.params ?? {}),
  });
  const open = (what: "palette" | "keys"): void => {
    setTyped("");
    setAbove(what);
  };
  useKeys(open);
  useEffect(() => (bare || !shell.current ? undefined : keepFocus(shell.current)), [bare]);
  useEffect(() => {
    document.title = title;
    // What had the focus went with the page before: the next Tab goes into the new one.
    if (document.activeElement === document.body) page.current?.focus({ preventScroll: true });
  }, [title]);
  if (bare) return <Outlet />;
  return (
    <div className="shell" ref={shell}>
      {/* No link: it would lead to the base address. */}
      <button type="button" className="skip" onClick={() => page.current?.focus()}>
        Skip to the page
      </button>
      <Bar search={() => open("palette")} />
      <div ref={page} id="page" className="content" tabIndex={-1} aria-busy={moving}>
        <Outlet />
      </div>
      <p className="visually-hidden" role="status">
        {title}
      </p>
      <SignIn />
      <Toasts />
      <Suspense fallback={above === "palette" && <Early type={setTyped} onClose={() => setAbove(null)} />}>
        {above === "palette" && <Palette typed={typed} onClose={() => setAbove(null)} />}
        {above === "keys" && <KeyMap onClose={() => setAbove(null)} />}
      </Suspense>
    </div>
  );
}

/** Takes what is typed while the palette is still on its way; else the letters would be commands to the page. */
function Early({ type, onClose }: { type: (text: string) => void; onClose: () => void }) {
  return (
    <Dialog title="Search and commands" onClose={onClose}>
      <div>
        <input
          data-first
          className="input"
          aria-label="Search and commands"
          onChange={(event) => type(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
