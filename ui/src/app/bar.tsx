import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { infoOfServer } from "../api/queries";
import {
  CalendarClock,
  ChartNoAxesCombined,
  House,
  ListTree,
  Moon,
  Search,
  Settings,
  Sun,
  Workflow,
  Zap,
} from "lucide-react";
import { NamespaceSwitch } from "./namespace-switch";
import { useNamespace } from "./namespace";
import { setTheme, useTheme } from "./theme";

/** Addresses of a place that do not begin as its own does. */
const ALSO: Record<string, RegExp> = {
  Events: /^\/(event-flow|event-sources|sensors|events)\//,
  Definitions: /^\/cluster-workflow-templates\//,
};
const PLACES = [
  { to: "/", label: "Home", icon: House },
  { to: "/workflows/$namespace", label: "Runs", icon: ListTree },
  { to: "/workflow-templates/$namespace", label: "Definitions", icon: Workflow },
  { to: "/cron-workflows/$namespace", label: "Schedules", icon: CalendarClock },
  { to: "/workflow-event-bindings/$namespace", label: "Events", icon: Zap },
  { to: "/reports/$namespace", label: "Insights", icon: ChartNoAxesCombined },
  { to: "/userinfo", label: "Settings", icon: Settings },
] as const;

/** The bar at the top: the places, the search, the namespace, the colours. */
export function Bar({ search }: { search: () => void }) {
  const namespace = useNamespace();
  const path = useLocation({ select: ({ pathname }) => pathname });
  // Argo's way to tell servers apart: the colour that the configuration gives.
  const navColor = useQuery(infoOfServer).data?.navColor;
  return (
    <header className="bar" style={navColor ? { borderTop: `3px solid ${navColor}` } : undefined}>
      <Link to="/" className="brand" aria-label="Tiphys, start page">
        <img src="favicon.svg" alt="" width="24" height="24" />
        <span>Tiphys</span>
      </Link>
      <nav aria-label="Main">
        {PLACES.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            params={{ namespace }}
            search={{}}
            activeOptions={{ exact: to === "/", includeSearch: false }}
            aria-current={ALSO[label]?.test(path) ? "page" : undefined}
            className={ALSO[label]?.test(path) ? "place active" : "place"}
          >
            <Icon size={16} aria-hidden />
            {label}
          </Link>
        ))}
      </nav>
      <button
        type="button"
        className="button quiet"
        aria-label="Search and commands, Control K"
        onClick={search}
      >
        <Search size={16} aria-hidden />
        <kbd>Ctrl K</kbd>
      </button>
      <NamespaceSwitch namespace={namespace} />
      <ThemeSwitch />
    </header>
  );
}

function ThemeSwitch() {
  const theme = useTheme();
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const Icon = dark ? Sun : Moon;
  return (
    <button type="button" className="button quiet icon" onClick={() => setTheme(dark ? "light" : "dark")}>
      <Icon size={16} aria-hidden />
      <span className="visually-hidden">{dark ? "Light colours" : "Dark colours"}</span>
    </button>
  );
}
