import { Link } from "@tanstack/react-router";
import { lastNamespace } from "../../app/namespace";

/** The start page. */
export function HomePage() {
  return (
    <main className="page">
      <h1>Home</h1>
      <p>
        <Link to="/workflows/$namespace" params={{ namespace: lastNamespace() }}>
          All runs
        </Link>
      </p>
    </main>
  );
}
