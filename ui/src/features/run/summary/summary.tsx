import { AllArtifacts } from "./all-artifacts";
import { RunFacts } from "./run-facts";
import { useRunView } from "../context";
import { nudgesOf } from "../conditions";
import { parametersOf } from "../parameters";
import { Value } from "../inspector/value";
import "./summary.css";

/** All about the run itself: facts, labels, parameters, results, and the artifacts of all its nodes. */
export default function Summary() {
  const { run } = useRunView();
  const given = parametersOf(run);
  const results = run.status?.outputs?.parameters ?? [];
  const nudges = nudgesOf(run);
  const { labels = {}, annotations = {} } = run.metadata ?? {};
  return (
    <div className="panel-scroll summary" tabIndex={0} role="region" aria-label="Summary">
      <RunFacts />
      <div>
        <Pairs title="Labels" pairs={labels} />
        <Pairs title="Annotations" pairs={annotations} />
        {nudges.length > 0 && (
          <details>
            <summary>{nudges.length} things that the manifest leaves open</summary>
            <ul>
              {nudges.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <section>
        <h2>Parameters</h2>
        {given.length === 0 && <p className="dim">None.</p>}
        {given.map((each) => (
          <Value
            key={each.name}
            name={each.name ?? ""}
            value={String(each.value ?? each.default ?? "")}
            description={each.description}
          />
        ))}
        {results.length > 0 && <h2>Results</h2>}
        {results.map((each) => (
          <Value key={each.name} name={each.name ?? ""} value={String(each.value ?? "")} />
        ))}
      </section>
      <AllArtifacts />
    </div>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: Readonly<Record<string, string>> }) {
  const names = Object.keys(pairs).sort();
  if (names.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul className="pairs">
        {names.map((name) => (
          <li key={name} className="mono">
            {name}={pairs[name]}
          </li>
        ))}
      </ul>
    </section>
  );
}
