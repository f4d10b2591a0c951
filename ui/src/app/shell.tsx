import { Outlet, useLocation, useMatches, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Toasts } from "../components/toast";
import { SignIn } from "../features/signin/signin";
import { Bar } from "./bar";
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
  const page = useRef<HTMLDivElement>(null);
  const title = useMatches({
    select: (matches) => titleOf(matches.at(-1)?.routeId ?? "", matches.at(-1)?.params ?? {}),
  });
  useKeys(setAbove);
  useEffect(() => {
    document.title = title;
    // What had the focus went with the page before: the next Tab goes into the new one.
    if (document.activeElement === document.body) page.current?.focus({ preventScroll: true });
  }, [title]);
  if (bare) return <Outlet />;
  return (
    <div className="shell">
      {/* No link: it would lead to the base address. */}
      <button type="button" className="skip" onClick={() => page.current?.focus()}>
        Skip to the page
      </button>
      <Bar search={() => setAbove("palette")} />
      <div ref={page} id="page" className="content" tabIndex={-1} aria-busy={moving}>
        <Outlet />
      </div>
      <p className="visually-hidden" role="status">
        {title}
      </p>
      <SignIn />
      <Toasts />
      <Suspense>
        {above === "palette" && <Palette onClose={() => setAbove(null)} />}
        {above === "keys" && <KeyMap onClose={() => setAbove(null)} />}
      </Suspense>
    </div>
  );
}
