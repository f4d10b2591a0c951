/** What the window is called: windows, tabs and bookmarks are told apart by it, and it is said when the page changes. */
const WORDS: Readonly<Record<string, string>> = {
  "": "Home",
  workflows: "Runs",
  compare: "Comparison",
  launch: "New run",
  "workflow-templates": "Definitions",
  "cluster-workflow-templates": "Definitions",
  "cron-workflows": "Schedules",
  "workflow-event-bindings": "Events",
  "event-flow": "Events",
  "event-sources": "Events",
  sensors: "Events",
  events: "Events",
  reports: "Insights",
  apidocs: "API",
  userinfo: "Settings",
  login: "Sign in",
  widgets: "Widget",
};

/** The title of a route (`/workflows/$namespace/$name`) with its parameters; what is most particular comes first. */
export function titleOf(route: string, params: Readonly<Record<string, string | undefined>>): string {
  const place = WORDS[route.split("/")[1] ?? ""] ?? "No such page";
  return [params["name"], place, params["namespace"], "Tiphys"].filter(Boolean).join(" · ");
}
