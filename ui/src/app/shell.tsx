import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { House, ListTree, Moon, Sun } from "lucide-react";
import { SignIn } from "../features/signin/signin";
import { lastNamespace } from "./namespace";
import { setTheme, useTheme } from "./theme";
import "./shell.css";

const PLACES = [
  { to: "/", label: "Home", icon: House },
  { to: "/workflows/$namespace", label: "Runs", icon: ListTree },
] as const;

/** What is round every page: the bar, the page, and sign-in above it when the server asks for it. */
export function Shell() {
  const moving = useRouterState({ select: (state) => state.status === "pending" });
  return (
    <div className="shell">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="bar">
        <Link to="/" className="brand" aria-label="Tiphys, start page">
          <img src="favicon.svg" alt="" width="24" height="24" />
          <span>Tiphys</span>
        </Link>
        <nav aria-label="Main">
          {PLACES.map(({ to, label, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              params={{ namespace: lastNamespace() }}
              activeOptions={{ exact: to === "/" }}
              className="place"
            >
              <Icon size={16} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <ThemeSwitch />
      </header>
      <div id="page" className="content" aria-busy={moving}>
        <Outlet />
      </div>
      <SignIn />
    </div>
  );
}

function ThemeSwitch() {
  const theme = useTheme();
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const Icon = dark ? Sun : Moon;
  return (
    <button type="button" className="button quiet" onClick={() => setTheme(dark ? "light" : "dark")}>
      <Icon size={16} aria-hidden />
      <span className="visually-hidden">{dark ? "Light colours" : "Dark colours"}</span>
    </button>
  );
}
