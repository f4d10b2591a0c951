/** Addresses of the UI.  Old ones of Argo stay valid (`spec/ui.md` A2); all state of a page is in its address. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { Shell } from "./shell";
import { lastNamespace } from "./namespace";
import { CrashPage, MissingPage } from "./pages";
import { readRunsSearch } from "../features/runs/search";

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: CrashPage });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("../features/home/home"), "HomePage"),
});

const workflows = createRoute({
  getParentRoute: () => root,
  path: "/workflows",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router is told
    throw redirect({ to: "/workflows/$namespace", params: { namespace: lastNamespace() } });
  },
});

const runs = createRoute({
  getParentRoute: () => root,
  path: "/workflows/$namespace",
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(() => import("../features/runs/runs"), "RunsPage"),
});

const tree = root.addChildren([home, workflows, runs]);

/** The router, with addresses below the page's base href. */
export function makeRouter(client: QueryClient) {
  const basepath = new URL(document.baseURI).pathname.replace(/\/$/, "");
  return createRouter({
    routeTree: tree,
    basepath: basepath || "/",
    context: { client },
    defaultPreload: "intent",
    defaultErrorComponent: CrashPage,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
