import { type SubmitEvent, useState } from "react";
import { reasonOf } from "../../api/reason";
import { sendEvent, tryEvent, type Tried } from "../../api/events";

/** Write an event, see what each binding would make of it, and send it as a webhook would. */
export function Tester({ namespace }: { namespace: string }) {
  const [name, setName] = useState("");
  const [text, setText] = useState('{"message": "hello"}');
  const [answer, setAnswer] = useState("");
  const [tried, setTried] = useState<Tried[] | null>(null);
  const ask = async (what: (payload: unknown) => Promise<void>): Promise<void> => {
    setTried(null);
    setAnswer("");
    try {
      await what(JSON.parse(text));
    } catch (error) {
      setAnswer(reasonOf(error));
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void ask(async (payload) => {
      await sendEvent(namespace, name, payload);
      setAnswer("The event was taken; what fits it was started.");
    });
  };
  return (
    <form className="launch-form" aria-label="Send an event" onSubmit={submit}>
      <label className="field">
        Discriminator
        <input className="input" value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className="field">
        Payload
        <textarea
          className="input mono"
          rows={6}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div className="dialog-actions">
        <button
          type="button"
          className="button"
          onClick={() => void ask(async (payload) => setTried(await tryEvent(namespace, name, payload)))}
        >
          Try
        </button>
        <button type="submit" className="button primary">
          Send
        </button>
      </div>
      <p role="status">{answer}</p>
      {tried && <Outcome tried={tried} />}
    </form>
  );
}

function Outcome({ tried }: { tried: readonly Tried[] }) {
  if (tried.length === 0) return <p>No binding is there to take it.</p>;
  return (
    <ul className="plain tried" aria-label="What the bindings make of it">
      {tried.map((each) => (
        <li key={each.name}>
          <strong>{each.name}</strong>{" "}
          {each.problem !== undefined ? (
            <span className="bad-text">{each.problem}</span>
          ) : each.workflow ? (
            <>
              starts {each.workflow.spec?.workflowTemplateRef?.name}
              <span className="mono dim">
                {(each.workflow.spec?.arguments?.parameters ?? [])
                  .map((parameter) => ` ${parameter.name ?? ""}=${String(parameter.value ?? "")}`)
                  .join("")}
              </span>
            </>
          ) : (
            <span className="dim">does not take it</span>
          )}
        </li>
      ))}
    </ul>
  );
}
