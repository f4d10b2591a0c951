import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { reasonOf } from "../../api/reason";
import { call, type Options, send } from "../../api/client";
import { lastNamespace } from "../../app/namespace";
import { Answer } from "../../components/answer";
import { FindField } from "../../components/find-field";
import { Value } from "../run/inspector/value";
import { type Description, filled, operationsOf, type Shown } from "./operations";
import "../launch/launch.css";
import "./settings.css";

/** No more operations than this are shown at once. */
const MOST = 60;

/** Every operation of the server, to read about and to try with the rights of whoever is signed in. */
export function ApiPage() {
  const [text, setText] = useState("");
  const query = useQuery({
    queryKey: ["openapi"],
    queryFn: () => call<Description>("api/openapi.json"),
    staleTime: Infinity,
  });
  return (
    <main className="page api-page">
      <div className="page-head">
        <h1>API</h1>
        <FindField label="Find an operation" text={text} change={setText} />
        <a className="button" href="api/openapi.json">
          OpenAPI
        </a>
        <Link className="button" to="/userinfo">
          Settings
        </Link>
      </div>
      <Answer query={query} what="operations">
        {(description) => <Operations found={operationsOf(description, text)} />}
      </Answer>
    </main>
  );
}

function Operations({ found }: { found: readonly Shown[] }) {
  return (
    <>
      <p className="dim" role="status">
        {found.length === 1 ? "1 operation" : `${found.length} operations`}
        {found.length > MOST && `, the first ${MOST} are shown`}
      </p>
      <ul className="plain operations">
        {found.slice(0, MOST).map((each) => (
          <li key={`${each.method} ${each.path}`}>
            <OneOperation operation={each} />
          </li>
        ))}
      </ul>
    </>
  );
}

function OneOperation({ operation }: { operation: Shown }) {
  const [open, setOpen] = useState(false);
  const { method, path, summary } = operation;
  return (
    <details className="card operation" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code className={`method ${method.toLowerCase()}`}>{method}</code>
        <code className="operation-path">{path}</code>
        <span className="dim">{summary}</span>
      </summary>
      {open && <TryIt operation={operation} />}
    </details>
  );
}

function TryIt({ operation }: { operation: Shown }) {
  const [values, setValues] = useState<Record<string, string>>({ namespace: lastNamespace() });
  const [body, setBody] = useState("{}");
  const [answer, setAnswer] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { path, query, missing } = filled(operation, values);
    if (missing.length) {
      setAnswer(`Missing: ${missing.join(", ")}`);
      return;
    }
    try {
      const options: Options = { method: operation.method as NonNullable<Options["method"]>, query };
      if (operation.hasBody) options.body = JSON.parse(body);
      const response = await send(path, options);
      setAnswer((await response.text()).slice(0, 200_000));
    } catch (error) {
      setAnswer(reasonOf(error));
    }
  };
  return (
    <form className="launch-form" onSubmit={(event) => void submit(event)}>
      {operation.parameters.map(({ name, in: place, description, required }) => (
        <label key={name} className="field">
          {name}
          {required && place === "path" ? "" : ` (${place})`}
          <input
            className="input mono"
            value={values[name] ?? ""}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
          <span className="hint">{description}</span>
        </label>
      ))}
      {operation.hasBody && (
        <label className="field">
          Body
          <textarea
            className="input mono"
            rows={6}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
        </label>
      )}
      <div className="dialog-actions">
        <button type="submit" className={operation.method === "DELETE" ? "button danger" : "button"}>
          Send {operation.method}
        </button>
      </div>
      {answer && <Value name="Answer" value={answer} />}
    </form>
  );
}
