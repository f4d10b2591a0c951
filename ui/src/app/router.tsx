/** Addresses of the UI.  Old ones of Argo stay valid (`spec/ui.md` A2); all state of a page is in its address. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { readCompareSearch } from "../features/compare/search";
import { readListSearch, readObjectSearch } from "../features/definitions/search";
import { readRunSearch } from "../features/run/search";
import { readRunsSearch } from "../features/runs/search";
import { readInsightsSearch } from "../features/insights/search";
import { readLaunchSearch } from "../features/launch/search";
import { readWidgetSearch } from "../features/widgets/search";
import { EVERY } from "../api/namespaces";
import { lastNamespace, startNamespace, targetNamespace } from "./namespace";
import { CrashPage, MissingPage } from "./pages";
import { one, parseSearch, type RawSearch, writeSearch } from "./search";
import { Shell } from "./shell";

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Shell,
  notFoundComponent: MissingPage,
  errorComponent: CrashPage,
});
const getParentRoute = () => root;

const home = createRoute({
  getParentRoute,
  path: "/",
  component: lazyRouteComponent(() => import("../features/home/home"), "HomePage"),
});

const runs = createRoute({
  getParentRoute,
  path: "/workflows/$namespace",
  validateSearch: readRunsSearch,
  // Argo's submit panel was a part of this page.
  beforeLoad: ({ params }) => {
    const raw = parseSearch(location.search);
    if (one(raw, "sidePanel") !== "submit-new-workflow") return;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router is told
    throw redirect({ to: "/launch/$namespace", params, search: readLaunchSearch(raw) });
  },
  component: lazyRouteComponent(() => import("../features/runs/runs"), "RunsPage"),
});

const run = createRoute({
  getParentRoute,
  path: "/workflows/$namespace/$name",
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import("../features/run/run"), "RunPage"),
});

/** A page that is about one namespace, whatever was looked at before. */
function inOne(namespace: string, to: "/launch/$namespace" | "/events/$namespace"): void {
  if (namespace !== EVERY) return;
  const params = { namespace: targetNamespace(namespace) };
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router is told
  throw redirect({ to, params, search: readLaunchSearch(parseSearch(location.search)) });
}

const compare = createRoute({
  getParentRoute,
  path: "/compare/$namespace",
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import("../features/compare/compare"), "ComparePage"),
});

const launch = createRoute({
  getParentRoute,
  path: "/launch/$namespace",
  beforeLoad: ({ params }) => inOne(params.namespace, "/launch/$namespace"),
  validateSearch: readLaunchSearch,
  component: lazyRouteComponent(() => import("../features/launch/launch"), "LaunchPage"),
});

const templates = createRoute({
  getParentRoute,
  path: "/workflow-templates/$namespace",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("../features/definitions/definitions"), "DefinitionsPage"),
});

/** Argo's submit panel was a part of the pages of templates. */
function launchWhenAsked(kind: "template" | "cluster", namespace: string, name: string): void {
  if (one(parseSearch(location.search), "sidePanel") !== "submit") return;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router is told
  throw redirect({ to: "/launch/$namespace", params: { namespace }, search: { [kind]: name } });
}

const template = createRoute({
  getParentRoute,
  path: "/workflow-templates/$namespace/$name",
  validateSearch: readObjectSearch,
  beforeLoad: ({ params }) => launchWhenAsked("template", params.namespace, params.name),
  component: lazyRouteComponent(() => import("../features/definitions/template"), "TemplatePage"),
});

const clusterTemplate = createRoute({
  getParentRoute,
  path: "/cluster-workflow-templates/$name",
  validateSearch: readObjectSearch,
  beforeLoad: ({ params }) => launchWhenAsked("cluster", targetNamespace(lastNamespace()), params.name),
  component: lazyRouteComponent(() => import("../features/definitions/template"), "ClusterTemplatePage"),
});

const schedules = createRoute({
  getParentRoute,
  path: "/cron-workflows/$namespace",
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import("../features/schedules/schedules"), "SchedulesPage"),
});

const schedule = createRoute({
  getParentRoute,
  path: "/cron-workflows/$namespace/$name",
  validateSearch: readObjectSearch,
  component: lazyRouteComponent(() => import("../features/schedules/schedule"), "SchedulePage"),
});

const eventPages = () => import("../features/events/events");
const bindings = createRoute({
  getParentRoute,
  path: "/workflow-event-bindings/$namespace",
  component: lazyRouteComponent(eventPages, "BindingsPage"),
});
const eventFlow = createRoute({
  getParentRoute,
  path: "/event-flow/$namespace",
  component: lazyRouteComponent(eventPages, "FlowPage"),
});
const sources = createRoute({
  getParentRoute,
  path: "/event-sources/$namespace",
  component: lazyRouteComponent(eventPages, "SourcesPage"),
});
const sensors = createRoute({
  getParentRoute,
  path: "/sensors/$namespace",
  component: lazyRouteComponent(eventPages, "SensorsPage"),
});
const sendEvent = createRoute({
  getParentRoute,
  path: "/events/$namespace",
  beforeLoad: ({ params }) => inOne(params.namespace, "/events/$namespace"),
  component: lazyRouteComponent(eventPages, "SendPage"),
});

const eventObjectPages = () => import("../features/events/object");
const binding = createRoute({
  getParentRoute,
  path: "/workflow-event-bindings/$namespace/$name",
  validateSearch: readObjectSearch,
  component: lazyRouteComponent(eventObjectPages, "BindingPage"),
});
const source = createRoute({
  getParentRoute,
  path: "/event-sources/$namespace/$name",
  validateSearch: readObjectSearch,
  component: lazyRouteComponent(eventObjectPages, "SourcePage"),
});
const sensor = createRoute({
  getParentRoute,
  path: "/sensors/$namespace/$name",
  validateSearch: readObjectSearch,
  component: lazyRouteComponent(eventObjectPages, "SensorPage"),
});

const insights = createRoute({
  getParentRoute,
  path: "/reports/$namespace",
  validateSearch: readInsightsSearch,
  component: lazyRouteComponent(() => import("../features/insights/insights"), "InsightsPage"),
});

const api = createRoute({
  getParentRoute,
  path: "/apidocs",
  component: lazyRouteComponent(() => import("../features/settings/api-explorer"), "ApiPage"),
});

const settings = createRoute({
  getParentRoute,
  path: "/userinfo",
  component: lazyRouteComponent(() => import("../features/settings/settings"), "SettingsPage"),
});

const login = createRoute({
  getParentRoute,
  path: "/login",
  validateSearch: (raw: RawSearch): { redirect?: string } => {
    const target = one(raw, "redirect");
    return target ? { redirect: target } : {};
  },
  component: lazyRouteComponent(() => import("../features/signin/login"), "LoginPage"),
});

const graphWidget = createRoute({
  getParentRoute,
  path: "/widgets/workflow-graphs/$namespace",
  validateSearch: readWidgetSearch,
  component: lazyRouteComponent(() => import("../features/widgets/graph"), "GraphWidget"),
});

const badgeWidget = createRoute({
  getParentRoute,
  path: "/widgets/workflow-status-badges/$namespace",
  validateSearch: readWidgetSearch,
  component: lazyRouteComponent(() => import("../features/widgets/badge"), "BadgeWidget"),
});

type Target =
  | "/workflows/$namespace"
  | "/workflow-templates/$namespace"
  | "/workflow-event-bindings/$namespace"
  | "/event-flow/$namespace"
  | "/event-sources/$namespace"
  | "/sensors/$namespace"
  | "/cron-workflows/$namespace"
  | "/reports/$namespace"
  | "/userinfo";

/** An address without a namespace, or of a page that is part of another now. */
function moved(path: string, to: Target) {
  return createRoute({
    getParentRoute,
    path,
    beforeLoad: async ({ params, context }) => {
      const given = (params as { namespace?: string }).namespace;
      const namespace = given ?? (await startNamespace(context.client));
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router is told
      throw redirect({ to, params: { namespace }, search: {} });
    },
  });
}

const tree = root.addChildren([
  home,
  runs,
  run,
  compare,
  launch,
  templates,
  template,
  clusterTemplate,
  schedules,
  schedule,
  bindings,
  binding,
  eventFlow,
  sources,
  source,
  sensors,
  sensor,
  sendEvent,
  api,
  insights,
  settings,
  login,
  graphWidget,
  badgeWidget,
  moved("/workflows", "/workflows/$namespace"),
  moved("/timeline", "/workflows/$namespace"),
  moved("/workflow-templates", "/workflow-templates/$namespace"),
  moved("/cluster-workflow-templates", "/workflow-templates/$namespace"),
  moved("/cron-workflows", "/cron-workflows/$namespace"),
  moved("/workflow-event-bindings", "/workflow-event-bindings/$namespace"),
  moved("/event-flow", "/event-flow/$namespace"),
  moved("/event-sources", "/event-sources/$namespace"),
  moved("/sensors", "/sensors/$namespace"),
  moved("/reports", "/reports/$namespace"),
  moved("/settings", "/userinfo"),
  moved("/help", "/userinfo"),
  moved("/plugins/$namespace", "/userinfo"),
  moved("/plugins", "/userinfo"),
]);

/** The router, with addresses below the page's base href. */
export function makeRouter(client: QueryClient) {
  const basepath = new URL(document.baseURI).pathname.replace(/\/$/, "");
  return createRouter({
    routeTree: tree,
    basepath: basepath || "/",
    context: { client },
    parseSearch,
    stringifySearch: writeSearch,
    defaultPreload: "intent",
    defaultErrorComponent: CrashPage,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
