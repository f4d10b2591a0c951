import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { StepFigures, StepPlace } from "../../api/overview";
import { stepsIn } from "../../api/queries";
import type { RunsQuery } from "../../api/workflows";
import { Answer } from "../../components/answer";
import { percent } from "../../components/percent";
import { TableCard } from "../../components/table-card";
import { TableHead } from "../../components/table-head";
import { duration } from "../../components/time";
import { originName } from "./figures";

/** Which steps take longest, and which fail or need another attempt; each leads to a run that shows it. */
export function Steps({ query }: { query: RunsQuery }) {
  const answer = useQuery(stepsIn(query));
  return (
    <Answer query={answer} what="steps">
      {({ slowest, flaky, saved, runs, cut }) => (
        <>
          {cut && <p className="dim">Steps are those of the newest {runs} runs.</p>}
          <section aria-label="Slowest steps" className="steps">
            <h2>Slowest steps</h2>
            {slowest.length === 0 ? (
              <p className="dim">No step has ended yet.</p>
            ) : (
              <Slowest steps={slowest} />
            )}
          </section>
          <section aria-label="Flaky steps" className="steps">
            <h2>Flaky steps</h2>
            {flaky.length === 0 ? (
              <p className="dim">No step failed or was tried again.</p>
            ) : (
              <>
                {saved > 0 && (
                  <p className="dim">Another attempt saved {saved === 1 ? "1 step" : `${saved} steps`}.</p>
                )}
                <Flaky steps={flaky} />
              </>
            )}
          </section>
        </>
      )}
    </Answer>
  );
}

function Slowest({ steps }: { steps: readonly StepFigures[] }) {
  return (
    <TableCard label="Slowest steps by step">
      <table className="table">
        <TableHead
          columns={["Step", "From", "Times", "Half took at most", "Nine of ten at most", "In all", "Slowest"]}
        />
        <tbody>
          {steps.map((step) => (
            <tr key={keyOf(step)}>
              <Title step={step} />
              <td className="number">{step.runs}</td>
              <td className="number">{duration(step.median)}</td>
              <td className="number">{duration(step.p90)}</td>
              <td className="number">{duration(step.total)}</td>
              <td>
                <Where place={step.slowest} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

function Flaky({ steps }: { steps: readonly StepFigures[] }) {
  return (
    <TableCard label="Flaky steps by step">
      <table className="table">
        <TableHead
          columns={["Step", "From", "Times", "Failed", "Tried again", "Saved by it", "Last failure"]}
        />
        <tbody>
          {steps.map((step) => (
            <tr key={keyOf(step)}>
              <Title step={step} />
              <td className="number">{step.runs}</td>
              <td className="number">
                {step.failed} ({percent(step.failed, step.runs)})
              </td>
              <td className="number">{step.retried}</td>
              <td className="number">{step.saved}</td>
              <td>{step.failure ? <Where place={step.failure} /> : <span className="dim">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

const keyOf = ({ kind, origin, name, template }: StepFigures): string =>
  [kind, origin, name, template].join("/");

function Title({ step: { kind, origin, name, template } }: { step: StepFigures }) {
  return (
    <>
      <th scope="row">
        {name}
        {template && template !== name && <span className="dim"> {template}</span>}
      </th>
      <td>{originName({ kind, name: origin })}</td>
    </>
  );
}

function Where({ place: { namespace, name, uid, archived, nodeId } }: { place: StepPlace }) {
  return (
    <Link
      to="/workflows/$namespace/$name"
      params={{ namespace, name }}
      search={archived ? { uid, nodeId } : { nodeId }}
    >
      {name}
    </Link>
  );
}
