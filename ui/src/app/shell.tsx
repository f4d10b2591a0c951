import { Outlet, useLocation, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Toasts } from "../components/toast";
import { SignIn } from "../features/signin/signin";
import { Bar } from "./bar";
import { useKeys } from "./keys";
import "./shell.css";

const Palette = lazy(() => import("../features/palette/palette"));
const KeyMap = lazy(() => import("../features/palette/key-map"));

/** What is round every page: the bar, the page, and sign-in above it when the server asks for it. */
export function Shell() {
  const moving = useRouterState({ select: (state) => state.status === "pending" });
  const bare = useLocation({ select: (place) => place.pathname.includes("/widgets/") });
  const [above, setAbove] = useState<"palette" | "keys" | null>(null);
  useKeys(setAbove);
  if (bare) return <Outlet />;
  return (
    <div className="shell">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <Bar search={() => setAbove("palette")} />
      <div id="page" className="content" aria-busy={moving}>
        <Outlet />
      </div>
      <SignIn />
      <Toasts />
      <Suspense>
        {above === "palette" && <Palette onClose={() => setAbove(null)} />}
        {above === "keys" && <KeyMap onClose={() => setAbove(null)} />}
      </Suspense>
    </div>
  );
}
