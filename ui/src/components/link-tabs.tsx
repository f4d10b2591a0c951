import { Link } from "@tanstack/react-router";
import "./tabs.css";

interface Props<To extends string> {
  label: string;
  places: readonly (readonly [To, string])[];
  namespace: string;
}

/** Pages that belong together, as links that look like tabs. */
export function LinkTabs<To extends string>({ label, places, namespace }: Props<To>) {
  return (
    <nav className="tabs link-tabs" aria-label={label}>
      {places.map(([to, title]) => (
        <Link
          key={to}
          // The router checks addresses that it knows by name; all that stand here take a namespace.
          to={to as string}
          params={{ namespace } as never}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ "aria-current": "page" }}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
