import { type SubmitEvent, useState } from "react";
import { call, segment } from "../../api/client";

/** Send an event, as a webhook would. */
export function Tester({ namespace }: { namespace: string }) {
  const [name, setName] = useState("");
  const [text, setText] = useState('{"message": "hello"}');
  const [answer, setAnswer] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      const payload: unknown = JSON.parse(text);
      await call(`api/v1/events/${segment(namespace)}/${segment(name)}`, { method: "POST", body: payload });
      setAnswer("The event was taken; what fits it was started.");
    } catch (error) {
      setAnswer(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="launch-form" aria-label="Send an event" onSubmit={(event) => void submit(event)}>
      <h2>Send an event</h2>
      <label className="field">
        Discriminator
        <input className="input" value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label className="field">
        Payload
        <textarea
          className="input mono"
          rows={5}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div>
        <button type="submit" className="button primary">
          Send
        </button>
      </div>
      <p role="status">{answer}</p>
    </form>
  );
}
